from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import List, Union

import anyio
import pytest

from novabilling import AsyncNovaBilling, NovaBilling, NovaBillingConnectionError, UnauthorizedError

from .fake_server import DROP, UNAUTHORIZED, Reply, Seen, SessionServer, fake_server
from .samples import customer

EMAIL, PASSWORD = "admin@acmecorp.com", "securepassword123"


def test_after_a_login_the_client_uses_the_session_for_tenant_routes_and_gives_its_tokens() -> None:
    with fake_server(SessionServer()) as server, NovaBilling(base_url=server.base_url) as client:
        session = client.auth.login(email=EMAIL, password=PASSWORD)
        assert client.api_keys.list() == []
        assert session.access_token == "access-0"
        assert server.seen[0].body == {"email": EMAIL, "password": PASSWORD}
        assert "authorization" not in server.seen[0].headers
        assert server.seen[1].headers["authorization"] == "Bearer access-0"


def test_an_api_key_serves_data_routes_and_the_session_serves_tenant_routes() -> None:
    session = SessionServer()

    def answer(seen: Seen, index: int) -> Union[Reply, str]:
        return Reply(customer()) if seen.path.startswith("/api/customers") else session(seen, index)

    with fake_server(answer) as server, NovaBilling("sk_test_1", base_url=server.base_url) as client:
        client.auth.login(email=EMAIL, password=PASSWORD)
        client.customers.get("cust_1")
        client.api_keys.list()
        assert [seen.headers.get("authorization") for seen in server.seen] == [
            None,
            "Bearer sk_test_1",
            "Bearer access-0",
        ]


def test_without_a_token_the_api_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOVABILLING_API_KEY", "sk_live_env")
    with fake_server(lambda seen, index: Reply(customer())) as server:
        with NovaBilling(base_url=server.base_url) as client:
            client.customers.get("cust_1")
        with NovaBilling(token="sk_live_own", base_url=server.base_url) as client:
            client.customers.get("cust_1")
        assert [seen.headers["authorization"] for seen in server.seen] == [
            "Bearer sk_live_env",
            "Bearer sk_live_own",
        ]


def test_a_session_that_ran_out_is_refreshed_once_however_many_threads_notice_it() -> None:
    session = SessionServer()
    with fake_server(session) as server, NovaBilling(base_url=server.base_url) as client:
        client.auth.login(email=EMAIL, password=PASSWORD)
        session.expire()
        with ThreadPoolExecutor(10) as pool:
            answers = [pool.submit(client.api_keys.list) for _ in range(20)]
        assert [answer.result() for answer in answers] == [[]] * 20
        assert session.refreshes == 1
        assert session.alive


def test_a_session_that_ran_out_is_refreshed_once_however_many_tasks_notice_it() -> None:
    session = SessionServer()

    async def run(client: AsyncNovaBilling) -> None:
        async with client:
            await client.auth.login(email=EMAIL, password=PASSWORD)
            session.expire()
            async with anyio.create_task_group() as tasks:
                for _ in range(20):
                    tasks.start_soon(client.api_keys.list)

    with fake_server(session) as server:
        # Made before there is an event loop, as at the top of a module.
        anyio.run(run, AsyncNovaBilling(base_url=server.base_url))
    assert session.refreshes == 1
    assert session.alive


def test_a_refresh_by_hand_is_taken_up() -> None:
    session = SessionServer()
    with fake_server(session) as server, NovaBilling(base_url=server.base_url) as client:
        first = client.auth.login(email=EMAIL, password=PASSWORD)
        assert client.auth.refresh(refresh_token=first.refresh_token).access_token == "access-1"
        client.api_keys.list()
        assert server.seen[-1].headers["authorization"] == "Bearer access-1"
        assert session.refreshes == 1


def lost_answers(seen: Seen, refreshes: int) -> Union[Reply, str]:
    """The answers of the first two refreshes get lost."""
    if seen.path == "/api/auth/login":
        return Reply({"accessToken": "old", "refreshToken": "refresh"})
    if seen.path == "/api/auth/refresh":
        return DROP if refreshes < 2 else Reply({"accessToken": "new", "refreshToken": "next"})
    return Reply([]) if seen.headers.get("authorization") == "Bearer new" else UNAUTHORIZED


def test_a_refresh_whose_answer_was_lost_is_repeated_under_the_same_key_also_by_a_later_call() -> None:
    keys: List[str] = []

    def answer(seen: Seen, index: int) -> Union[Reply, str]:
        refreshes = len(keys)
        if seen.path == "/api/auth/refresh":
            keys.append(seen.headers["idempotency-key"])
        return lost_answers(seen, refreshes)

    with fake_server(answer) as server, NovaBilling(base_url=server.base_url, max_retries=1) as client:
        client.auth.login(email=EMAIL, password=PASSWORD)
        with pytest.raises(NovaBillingConnectionError):
            client.api_keys.list()
        assert client.api_keys.list() == []
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_a_session_that_cannot_be_renewed_is_unauthorized_and_no_second_refresh_is_tried() -> None:
    session = SessionServer()
    with fake_server(session) as server, NovaBilling(base_url=server.base_url) as client:
        client.auth.login(email=EMAIL, password=PASSWORD)
        session.alive = False
        for _ in range(2):
            with pytest.raises(UnauthorizedError):
                client.api_keys.list()
        assert session.refreshes == 1
        assert "authorization" not in server.seen[-1].headers


def test_a_refused_api_key_is_not_an_occasion_to_refresh_the_session() -> None:
    session = SessionServer()

    def answer(seen: Seen, index: int) -> Union[Reply, str]:
        return UNAUTHORIZED if seen.path.startswith("/api/customers") else session(seen, index)

    with fake_server(answer) as server, NovaBilling("sk_test_dead", base_url=server.base_url) as client:
        client.auth.login(email=EMAIL, password=PASSWORD)
        with pytest.raises(UnauthorizedError):
            client.customers.get("cust_1")
        assert [seen.path for seen in server.seen] == ["/api/auth/login", "/api/customers/cust_1"]


def test_after_a_logout_the_client_holds_no_session() -> None:
    with fake_server(SessionServer()) as server, NovaBilling(base_url=server.base_url) as client:
        client.auth.login(email=EMAIL, password=PASSWORD)
        client.auth.logout()
        with pytest.raises(UnauthorizedError):
            client.api_keys.list()
        assert "authorization" not in server.seen[-1].headers
