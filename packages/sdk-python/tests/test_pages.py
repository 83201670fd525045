from __future__ import annotations

from typing import List, Union
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest

from novabilling import AsyncNovaBilling, ForbiddenError, NovaBilling

from .fake_server import Answer, Reply, Seen, fake_server
from .samples import customer


def list_of(total: int) -> Answer:
    """Customers whose cursor is the number of the next one."""

    def answer(seen: Seen, index: int) -> Union[Reply, str]:
        query = parse_qs(urlsplit(seen.path).query)
        limit = int(query.get("limit", ["20"])[0])
        start = int(query.get("cursor", ["0"])[0])
        end = min(start + limit, total)
        meta = {"limit": limit, "nextCursor": str(end) if end < total else None}
        if "cursor" not in query:
            meta = {**meta, "total": total, "page": 1, "totalPages": -(-total // limit)}
        return Reply({"data": [customer(id=f"cust_{number}") for number in range(start, end)], "meta": meta})

    return answer


@pytest.mark.parametrize(("total", "limit"), [(0, 5), (1, 1), (5, 5), (6, 5), (23, 4)])
def test_iterating_a_list_goes_over_every_item_of_every_page_once_and_in_order(total: int, limit: int) -> None:
    with fake_server(list_of(total)) as server, NovaBilling("sk_test_1", base_url=server.base_url) as client:
        ids = [one.id for one in client.customers.list(limit=limit)]
        assert ids == [f"cust_{number}" for number in range(total)]
        assert len(server.seen) == max(1, -(-total // limit))


@pytest.mark.parametrize(("total", "limit"), [(0, 5), (6, 5), (23, 4)])
@pytest.mark.parametrize("backend", ["asyncio"])
def test_async_for_goes_over_every_item_of_every_page(total: int, limit: int, backend: str) -> None:
    async def run(base_url: str) -> List[str]:
        async with AsyncNovaBilling("sk_test_1", base_url=base_url) as client:
            return [one.id async for one in client.customers.list(limit=limit)]

    with fake_server(list_of(total)) as server:
        assert anyio.run(run, server.base_url, backend=backend) == [f"cust_{number}" for number in range(total)]


def test_a_page_holds_its_data_and_leads_to_the_next() -> None:
    with fake_server(list_of(3)) as server, NovaBilling("sk_test_1", base_url=server.base_url) as client:
        page = client.customers.list(limit=2)
        assert [one.id for one in page.data] == ["cust_0", "cust_1"]
        assert (page.meta.total, page.meta.total_pages) == (3, 2)
        assert len(server.seen) == 1
        last = page.next_page()
        assert last is not None
        assert [one.id for one in last.data] == ["cust_2"]
        assert last.meta.total is None
        assert last.next_page() is None


def test_an_awaited_list_is_its_first_page() -> None:
    async def run(base_url: str) -> None:
        async with AsyncNovaBilling("sk_test_1", base_url=base_url) as client:
            page = await client.customers.list(limit=2)
            assert [one.id for one in page] == ["cust_0", "cust_1"]
            last = await page.next_page()
            assert last is not None
            assert [one.id for one in last.data] == ["cust_2"]
            assert [one.id async for one in page] == ["cust_0", "cust_1", "cust_2"]

    with fake_server(list_of(3)) as server:
        anyio.run(run, server.base_url)


def test_the_pages_that_follow_keep_the_filters_and_leave_the_page_number_behind() -> None:
    with fake_server(list_of(4)) as server, NovaBilling("sk_test_1", base_url=server.base_url) as client:
        list(client.customers.list(page=1, limit=2, search="Jané & co"))
        assert [parse_qs(urlsplit(seen.path).query) for seen in server.seen] == [
            {"page": ["1"], "limit": ["2"], "search": ["Jané & co"]},
            {"limit": ["2"], "search": ["Jané & co"], "cursor": ["2"]},
        ]


def test_a_refused_list_raises() -> None:
    refusal = Reply({"statusCode": 403, "message": "No"}, 403)
    with fake_server(lambda seen, index: refusal) as server:
        with NovaBilling("sk_test_1", base_url=server.base_url) as client, pytest.raises(ForbiddenError):
            client.customers.list()
