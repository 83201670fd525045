"""Uses the client that is generated from the generator's fixture: what mypy must accept and refuse, and the wire."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any, Dict, List, Optional, Union

import httpx2

import novabilling
from novabilling import NovaBilling, inputs, models

NOON = "2026-01-01T12:00:00.000Z"
sent: List[httpx2.Request] = []


def answer(request: httpx2.Request) -> httpx2.Response:
    sent.append(request)
    body: Dict[str, Any] = json.loads(request.content) if request.content else {}
    path = request.url.path
    if path == "/api/plans":
        answered = {"id": "plan_1", "features": [], "prices": [], "metadata": {}, "createdAt": NOON, **body}
        prices = ",".join(
            json.dumps({**p, "amount": "AMOUNT"}).replace('"AMOUNT"', p["amount"]) for p in body["prices"]
        )
        text = json.dumps({**answered, "prices": "PRICES"}).replace('"PRICES"', f"[{prices}]")
        return httpx2.Response(201, content=text)
    if path == "/api/charges":
        return httpx2.Response(201, json={"id": "chg_1", **body})
    if path.endswith("/pdf"):
        return httpx2.Response(200, content=b"%PDF")
    if path.endswith("/ubl"):
        return httpx2.Response(200, content="<é/>".encode())
    if path == "/api/currencies":
        return httpx2.Response(200, json=[{"code": "UGX", "name": "Shilling", "symbol": "USh", "decimals": 0}])
    if path.endswith("/clock"):
        clock = {"now": NOON, "target": None, "status": "IDLE", "progress": 1}
        return httpx2.Response(202, json={"id": "env_1", "name": "test", "kind": "test", "clock": clock})
    if path == "/api/tenants/me/audit-log":
        return httpx2.Response(200, json={"data": [], "meta": {"limit": 20, "nextCursor": None}})
    if path.endswith("/refund"):
        return httpx2.Response(200, json={"id": "pay_1", "amount": 1, "currency": "USD", "status": "REFUNDED"})
    return httpx2.Response(204)


def last_body() -> Any:
    return json.loads(sent[-1].content)


assert not novabilling.__file__.endswith("src/novabilling/__init__.py"), "the installed package, not the generated one"
client = NovaBilling("sk_test_1", transport=httpx2.MockTransport(answer))

price: inputs.PriceInput = {"currency": "USD", "amount": Decimal("49.990")}
plan = client.plans.create(
    name="Pro", code="pro", billing_interval="MONTHLY", prices=[price], metadata={"some_key": {"inner_key": 1}}
)
assert last_body() == {
    "name": "Pro",
    "code": "pro",
    "billingInterval": "MONTHLY",
    "prices": [{"currency": "USD", "amount": "49.990"}],
    "metadata": {"some_key": {"inner_key": 1}},
}
amount: Decimal = plan.prices[0].amount
assert amount == Decimal("49.990")
assert str(amount) == "49.990"

charge = client.charges.create(
    plan_id="plan_1",
    charge_model="GRADUATED",
    prices=[
        {"currency": "USD", "properties": {"tiers": [{"up_to": None, "unit_price": "0.000000000001"}]}},
        {"currency": "KES", "properties": {"unit_price": 2}},
    ],
)
assert last_body()["prices"] == [
    {"currency": "USD", "properties": {"tiers": [{"upTo": None, "unitPrice": "0.000000000001"}]}},
    {"currency": "KES", "properties": {"unitPrice": 2}},
]
properties: Union[models.ChargePropertiesStandard, models.ChargePropertiesTiered] = charge.prices[0].properties
assert isinstance(properties, models.ChargePropertiesTiered)
assert properties.tiers[0].unit_price == Decimal("0.000000000001")
assert isinstance(charge.prices[1].properties, models.ChargePropertiesStandard)

moved = client.environments.set_clock("env_1", advance={"months": 1})
assert last_body() == {"advance": {"months": 1}}
assert moved.clock is not None
now: dt.datetime = moved.clock.now
assert now == dt.datetime(2026, 1, 1, 12, tzinfo=dt.timezone.utc)
client.environments.set_clock("env_1", now=now)
assert last_body() == {"now": NOON}

list(client.audit_log.list(from_=now, action="key.created"))
assert dict(sent[-1].url.params) == {"from": NOON, "action": "key.created"}

pdf: bytes = client.invoices.pdf("inv_1")
ubl: str = client.invoices.ubl("inv_1")
assert (pdf, ubl) == (b"%PDF", "<é/>")
for currency in client.currencies.list():
    assert currency.decimals + 1 == 1
client.customers.delete("cust_1", cascade=True)
assert str(sent[-1].url) == "http://localhost:3000/api/customers/cust_1?cascade=true"
assert client.payments.refund("pay_1").status == "REFUNDED"
assert last_body() == {}

# Not required: without arguments there is no body at all.
try:
    client.api_keys.roll("key_1")
except novabilling.NovaBillingError:
    assert sent[-1].content == b""


def refused(text: Optional[str]) -> None:
    client.plans.create(name="a", code="a", billing_interval="CENTURY")  # type: ignore[arg-type]
    client.customers.create(name="Jane")  # type: ignore[call-arg]
    client.customers.create(email="jane@example.com", nmae="Jane")  # type: ignore[call-arg]
    client.customers.update("cust_1", email=None)  # type: ignore[arg-type]
    client.environments.set_clock("env_1", advance={"fortnights": 1})  # type: ignore[arg-type]
    client.payments.refund("pay_1", amount=text)  # type: ignore[arg-type]
