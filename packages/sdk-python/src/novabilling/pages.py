"""Lists: one page at a time, or all of it."""

from __future__ import annotations

from typing import (
    Any,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Generic,
    Iterator,
    List,
    Mapping,
    Optional,
    Type,
    TypeVar,
)

from pydantic import Field

from ._call import M, modelled
from ._models import Model

T = TypeVar("T")


class PageMeta(Model):
    """Where a page stands. ``total``, ``page`` and ``total_pages`` are None on pages reached by a cursor."""

    total: Optional[int] = None
    page: Optional[int] = None
    limit: int
    total_pages: Optional[int] = Field(default=None, alias="totalPages")
    next_cursor: Optional[str] = Field(default=None, alias="nextCursor")


class Page(Generic[T]):
    """One page of a list. ``data`` is what it holds; iterating goes on over all pages that follow."""

    def __init__(self, data: List[T], meta: PageMeta, follow: Callable[[str], Page[T]]) -> None:
        self.data = data
        self.meta = meta
        self._follow = follow

    @classmethod
    def of(cls, model: Type[M], body: Mapping[str, Any], follow: Callable[[str], Page[M]]) -> Page[M]:
        items = [modelled(model, item) for item in body["data"]]
        return Page(items, modelled(PageMeta, body["meta"]), follow)

    def next_page(self) -> Optional[Page[T]]:
        """The page after this one, or None when this is the last."""
        cursor = self.meta.next_cursor
        return None if cursor is None else self._follow(cursor)

    def __iter__(self) -> Iterator[T]:
        page: Optional[Page[T]] = self
        while page is not None:
            yield from page.data
            page = page.next_page()


class AsyncPage(Generic[T]):
    """One page of a list. ``for`` goes over this page, ``async for`` over this and all that follow."""

    def __init__(self, data: List[T], meta: PageMeta, follow: Callable[[str], AsyncPageCall[T]]) -> None:
        self.data = data
        self.meta = meta
        self._follow = follow

    @classmethod
    def of(cls, model: Type[M], body: Mapping[str, Any], follow: Callable[[str], AsyncPageCall[M]]) -> AsyncPage[M]:
        items = [modelled(model, item) for item in body["data"]]
        return AsyncPage(items, modelled(PageMeta, body["meta"]), follow)

    async def next_page(self) -> Optional[AsyncPage[T]]:
        """The page after this one, or None when this is the last."""
        cursor = self.meta.next_cursor
        return None if cursor is None else await self._follow(cursor)

    def __iter__(self) -> Iterator[T]:
        return iter(self.data)

    async def __aiter__(self) -> AsyncIterator[T]:
        page: Optional[AsyncPage[T]] = self
        while page is not None:
            for item in page.data:
                yield item
            page = await page.next_page()


class AsyncPageCall(Generic[T]):
    """A list call: awaited, it is the first page; in ``async for``, every item of every page.

    Nothing is sent before it is awaited or iterated.
    """

    def __init__(self, fetch: Callable[[], Awaitable[AsyncPage[T]]]) -> None:
        self._fetch = fetch

    def __await__(self) -> Generator[Any, Any, AsyncPage[T]]:
        return self._fetch().__await__()

    async def __aiter__(self) -> AsyncIterator[T]:
        async for item in await self._fetch():
            yield item
