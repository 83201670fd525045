from __future__ import annotations

from typing import Union

import anyio
import httpx2
import pytest

from novabilling import (
    AsyncNovaBilling,
    BadRequestError,
    ConflictError,
    FieldError,
    ForbiddenError,
    NotFoundError,
    NovaBilling,
    NovaBillingConnectionError,
    NovaBillingError,
    NovaBillingTimeoutError,
    RateLimitError,
    UnauthorizedError,
)

from .fake_server import DROP, HANG, Reply, Seen, fake_server
from .samples import customer


def busy(status: int) -> Reply:
    return Reply({"statusCode": status, "message": "Later"}, status, {"retry-after": "0"})


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again_under_one_idempotency_key(status: int) -> None:
    def answer(seen: Seen, index: int) -> Union[Reply, str]:
        return busy(status) if index < 2 else Reply(customer(), 201)

    with fake_server(answer) as server, NovaBilling("sk_test_1", base_url=server.base_url) as client:
        assert client.customers.create(email="jane@example.com").id == "cust_1"
        keys = [seen.headers["idempotency-key"] for seen in server.seen]
        assert len(keys) == 3
        assert len(set(keys)) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again_by_the_async_client(status: int) -> None:
    def answer(seen: Seen, index: int) -> Union[Reply, str]:
        return busy(status) if index < 2 else Reply(customer(), 201)

    async def run(base_url: str) -> None:
        async with AsyncNovaBilling("sk_test_1", base_url=base_url) as client:
            assert (await client.customers.create(email="jane@example.com")).id == "cust_1"

    with fake_server(answer) as server:
        anyio.run(run, server.base_url)
        assert len({seen.headers["idempotency-key"] for seen in server.seen}) == 1
        assert len(server.seen) == 3


def test_a_broken_connection_is_tried_again() -> None:
    def answer(seen: Seen, index: int) -> Union[Reply, str]:
        return DROP if index == 0 else Reply(customer())

    with fake_server(answer) as server, NovaBilling("sk_test_1", base_url=server.base_url) as client:
        assert client.customers.get("cust_1").id == "cust_1"
        assert len(server.seen) == 2


def test_an_attempt_of_ours_that_still_runs_is_waited_for_and_another_409_is_not() -> None:
    def answer(seen: Seen, index: int) -> Union[Reply, str]:
        if index == 0:
            return busy(409)
        return Reply(customer(), 201) if index == 1 else Reply({"statusCode": 409, "message": "Known"}, 409)

    with fake_server(answer) as server, NovaBilling("sk_test_1", base_url=server.base_url) as client:
        client.customers.create(email="jane@example.com")
        with pytest.raises(ConflictError):
            client.customers.create(email="jane@example.com")
        assert len(server.seen) == 3


def test_two_calls_have_two_keys_one_that_is_given_is_used_and_a_get_has_none() -> None:
    with (
        fake_server(lambda seen, index: Reply(customer())) as server,
        NovaBilling("sk_test_1", base_url=server.base_url) as client,
    ):
        client.customers.create(email="a@example.com")
        client.customers.create(email="b@example.com")
        client.customers.create(email="c@example.com", idempotency_key="order-7")
        client.customers.get("cust_1")
        first, second, third, fourth = [seen.headers.get("idempotency-key") for seen in server.seen]
        assert first is not None
        assert first != second
        assert third == "order-7"
        assert fourth is None


def test_max_retries_is_the_limit() -> None:
    with fake_server(lambda seen, index: busy(503)) as server:
        for retries in (0, 3):
            with NovaBilling("sk_test_1", base_url=server.base_url, max_retries=retries) as client:
                before = len(server.seen)
                with pytest.raises(NovaBillingError):
                    client.customers.get("cust_1")
                assert len(server.seen) - before == retries + 1


@pytest.mark.parametrize(
    ("status", "error_class"),
    [
        (400, BadRequestError),
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (409, ConflictError),
        (422, NovaBillingError),
        (500, NovaBillingError),
    ],
)
def test_a_refusal_is_not_repeated_and_says_all_the_api_said(status: int, error_class: type) -> None:
    body = {
        "statusCode": status,
        "code": "some_code",
        "message": "A sentence.",
        "errors": [{"path": "email", "message": "is required"}],
    }
    with (
        fake_server(lambda seen, index: Reply(body, status)) as server,
        NovaBilling("sk_test_1", base_url=server.base_url) as client,
    ):
        with pytest.raises(NovaBillingError) as caught:
            client.customers.create(email="")
        error = caught.value
        assert type(error) is error_class
        assert (error.status_code, error.code, error.message, error.request_id) == (
            status,
            "some_code",
            "A sentence.",
            "req_1",
        )
        assert error.errors == [FieldError("email", "is required")]
        assert len(server.seen) == 1


def test_a_wait_that_would_pass_the_time_limit_is_not_begun() -> None:
    body = {"statusCode": 429, "message": "Rate limit exceeded. Try again in 30 seconds", "retryAfter": 30}
    with (
        fake_server(lambda seen, index: Reply(body, 429)) as server,
        NovaBilling("sk_test_1", base_url=server.base_url, timeout=20) as client,
    ):
        with pytest.raises(RateLimitError) as caught:
            client.customers.get("cust_1")
        assert caught.value.retry_after == 30
        assert len(server.seen) == 1


def test_a_server_that_does_not_answer_in_time_is_a_timeout() -> None:
    with fake_server(lambda seen, index: HANG) as server:
        with NovaBilling("sk_test_1", base_url=server.base_url, timeout=0.1) as client:
            with pytest.raises(NovaBillingTimeoutError):
                client.customers.get("cust_1")
            with pytest.raises(NovaBillingTimeoutError, match=r"within 0\.05 s"):
                client.customers.get("cust_1", timeout=0.05)
        assert len(server.seen) == 2


def test_a_server_that_is_not_there_is_a_connection_error_with_its_cause() -> None:
    with fake_server(lambda seen, index: HANG) as server:
        base_url = server.base_url
    with NovaBilling("sk_test_1", base_url=base_url, max_retries=0) as client:
        with pytest.raises(NovaBillingConnectionError) as caught:
            client.customers.get("cust_1")
        assert isinstance(caught.value.__cause__, httpx2.ConnectError)
        assert "sk_test_1" not in str(caught.value)


def test_a_redirect_is_an_error_so_that_a_key_never_travels_to_another_host() -> None:
    with fake_server(lambda seen, index: Reply(customer())) as other:
        redirect = Reply(status=302, headers={"location": other.base_url})
        with (
            fake_server(lambda seen, index: redirect) as server,
            NovaBilling("sk_test_1", base_url=server.base_url) as client,
        ):
            with pytest.raises(NovaBillingError) as caught:
                client.customers.get("cust_1")
            assert caught.value.status_code == 302
        assert other.seen == []


def test_an_own_transport_takes_the_place_of_the_network() -> None:
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json=customer(email=str(request.url))))
    with NovaBilling("sk_test_1", transport=transport) as client:
        assert client.customers.get("cust_1").email == "http://localhost:3000/api/customers/cust_1"


def test_options_that_cannot_be_meant_are_refused() -> None:
    with pytest.raises(ValueError, match="base_url"):
        NovaBilling(base_url="localhost:3000")
    with pytest.raises(ValueError, match="timeout"):
        NovaBilling(timeout=0)
    with pytest.raises(ValueError, match="max_retries"):
        NovaBilling(max_retries=-1)
