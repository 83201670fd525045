from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Union

import httpx2
import pytest

from novabilling import NovaBilling, NovaBillingError
from novabilling._call import Call
from novabilling._caller import Caller
from novabilling._settings import settings_from
from novabilling._wire import body_of, json_bytes, query_of, renamed, segment

from .fake_server import Reply, Seen, fake_server
from .samples import api_key, customer


def test_amounts_are_decimals_with_the_digits_the_server_wrote() -> None:
    text = '{"totalSpent":49.99,"balance":0.1234567890123456789}'
    fields = b",".join(
        part
        for part in (
            json_bytes({key: value for key, value in customer().items() if key not in {"totalSpent", "balance"}})[:-1],
            text[1:].encode(),
        )
    )
    with fake_server(lambda seen, index: Reply(content=fields)) as server:
        with NovaBilling("sk_test_1", base_url=server.base_url) as client:
            one = client.customers.get("cust_1")
    assert one.total_spent == Decimal("49.99")
    assert one.balance == Decimal("0.1234567890123456789")
    assert isinstance(one.total_spent, Decimal)


@pytest.mark.parametrize(
    ("amount", "sent"),
    [
        (Decimal("49.990"), '"49.990"'),
        (Decimal("1E+3"), '"1000"'),
        (Decimal("0.000000000001"), '"0.000000000001"'),
        ("12.50", '"12.50"'),
        (180000, "180000"),
        (49.99, "49.99"),
    ],
)
def test_an_amount_is_sent_exactly_as_it_is(amount: object, sent: str) -> None:
    assert json_bytes(body_of({"amount": amount})).decode() == f'{{"amount":{sent}}}'


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), float("nan"), float("inf")])
def test_what_is_no_amount_is_refused(amount: object) -> None:
    with pytest.raises(ValueError, match=r"not an amount|JSON"):
        json_bytes(body_of({"amount": amount}))


def test_known_fields_are_renamed_and_the_keys_of_maps_are_the_callers_own() -> None:
    with fake_server(lambda seen, index: Reply(customer())) as server:
        with NovaBilling("sk_test_1", base_url=server.base_url) as client:
            client.customers.create(
                email="jane@example.com",
                external_id="crm_7",
                address={"postal_code": "00100", "city": "Nairobi"},
                metadata={"some_key": "crm", "postal_code": 7},
            )
        assert server.seen[0].body == {
            "email": "jane@example.com",
            "externalId": "crm_7",
            "address": {"postalCode": "00100", "city": "Nairobi"},
            "metadata": {"some_key": "crm", "postal_code": 7},
        }


def test_none_clears_a_field_and_an_argument_left_out_is_not_sent() -> None:
    with fake_server(lambda seen, index: Reply(customer())) as server:
        with NovaBilling("sk_test_1", base_url=server.base_url) as client:
            client.customers.update("externalId:a/b", name=None)
        assert server.seen[0].method == "PATCH"
        assert server.seen[0].path == "/api/customers/externalId%3Aa%2Fb"
        assert server.seen[0].body == {"name": None}


def test_lists_of_dictionaries_are_renamed_and_unknown_keys_are_left_for_the_server_to_refuse() -> None:
    assert renamed([{"postal_code": "1"}, {"postalCode": "2", "nope": 3}], "Address") == [
        {"postalCode": "1"},
        {"postalCode": "2", "nope": 3},
    ]


def test_instants_are_utc_and_need_a_time_zone() -> None:
    nairobi = dt.timezone(dt.timedelta(hours=3))
    assert body_of({"at": dt.datetime(2026, 1, 1, 3, tzinfo=nairobi), "on": dt.date(2026, 1, 2)}) == {
        "at": "2026-01-01T00:00:00.000Z",
        "on": "2026-01-02",
    }
    with pytest.raises(ValueError, match="time zone"):
        body_of({"at": dt.datetime(2026, 1, 1)})


def test_queries_hold_what_was_given() -> None:
    assert query_of({"overdue": True, "dateFrom": dt.date(2026, 1, 2), "status": ["A", "B"], "none": None}) == [
        ("overdue", "true"),
        ("dateFrom", "2026-01-02"),
        ("status", "A"),
        ("status", "B"),
    ]


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_an_id_that_would_lead_to_another_route_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        segment(value)


def test_a_created_key_has_its_times_as_datetimes_and_values_of_a_newer_server_are_kept() -> None:
    newer = api_key(scopes=["customers:read", "rockets:launch"], rocket="saturn")
    with fake_server(lambda seen, index: Reply(newer, 201)) as server:
        with NovaBilling(base_url=server.base_url) as client:
            key = client.api_keys.create(name="Production Key", scopes=["customers:read"])
    assert key.key == "sk_test_secret"
    assert key.created_at == dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
    assert key.expires_at is None
    assert list(map(str, key.scopes)) == ["customers:read", "rockets:launch"]
    assert key.model_dump()["rocket"] == "saturn"


def test_an_answer_of_another_shape_is_an_error_of_this_package() -> None:
    with fake_server(lambda seen, index: Reply({"id": 1})) as server:
        with NovaBilling("sk_test_1", base_url=server.base_url) as client:
            with pytest.raises(NovaBillingError, match="is no Customer"):
                client.customers.get("cust_1")


def test_an_answer_that_is_not_json_points_to_the_base_url() -> None:
    with fake_server(lambda seen, index: Reply(content=b"<html>")) as server:
        with NovaBilling("sk_test_1", base_url=server.base_url) as client:
            with pytest.raises(NovaBillingError, match="does base_url point to NovaBilling"):
                client.customers.get("cust_1")


def test_a_pdf_comes_as_its_bytes_and_an_xml_as_its_text() -> None:
    content = bytes(range(256))

    def answer(seen: Seen, index: int) -> Union[Reply, str]:
        return Reply(content=content if seen.path == "/api/x/pdf" else "<é/>".encode())

    with fake_server(answer) as server, httpx2.Client() as client:
        caller = Caller(settings_from("sk_test_1", server.base_url, 60, 2), client)
        assert caller.content(Call("x.pdf", "GET", "/api/x/pdf", "apiKey", accept="application/pdf")) == content
        assert caller.text(Call("x.ubl", "GET", "/api/x/ubl", "apiKey", accept="application/xml")) == "<é/>"
        assert [seen.headers["accept"] for seen in server.seen] == ["application/pdf", "application/xml"]


def test_metadata_comes_back_as_it_was() -> None:
    metadata = {"text": "1", "truth": True, "whole": 1, "long": 12345678901234567890, "half": 0.5}
    with fake_server(lambda seen, index: Reply(customer(metadata=metadata))) as server:
        with NovaBilling("sk_test_1", base_url=server.base_url) as client:
            answered = client.customers.get("cust_1").metadata
    assert [(key, type(value), value) for key, value in answered.items()] == [
        (key, type(value), value) for key, value in metadata.items()
    ]
