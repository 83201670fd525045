"""The two clients."""

from __future__ import annotations

from types import TracebackType
from typing import Optional, Type

import httpx2

from . import webhooks
from ._async_caller import AsyncCaller
from ._caller import Caller
from ._settings import settings_from
from ._version import USER_AGENT
from .generated.resources import AsyncResources, Resources


class NovaBilling(Resources):
    """NovaBilling's API.

    Data routes use the API key given as ``token`` (else the environment's ``NOVABILLING_API_KEY``); tenant routes
    use the session that ``auth.login`` or ``auth.register`` leaves in the client, renewed when it runs out.
    ``timeout`` is in seconds and limits a whole call, its retries included. ``transport`` takes the place of the
    network.

        client = NovaBilling(base_url="http://localhost:3000")
        client.auth.login(email="admin@acmecorp.com", password="securepassword123")
        api_key = client.api_keys.create(name="Production Key", scopes=["customers:read"])

    One client may be used from many threads. Close it, or use it in a ``with``.
    """

    webhooks = webhooks

    def __init__(
        self,
        token: Optional[str] = None,
        *,
        base_url: str = "http://localhost:3000",
        timeout: float = 60.0,
        max_retries: int = 2,
        transport: Optional[httpx2.BaseTransport] = None,
    ) -> None:
        settings = settings_from(token, base_url, timeout, max_retries)
        client = httpx2.Client(transport=transport, headers={"user-agent": USER_AGENT})
        self._caller = Caller(settings, client)
        super().__init__(self._caller)

    def close(self) -> None:
        """Gives back the connections."""
        self._caller.close()

    def __enter__(self) -> NovaBilling:
        return self

    def __exit__(
        self,
        error_type: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()


class AsyncNovaBilling(AsyncResources):
    """NovaBilling's API, awaited. Everything else is as in NovaBilling."""

    webhooks = webhooks

    def __init__(
        self,
        token: Optional[str] = None,
        *,
        base_url: str = "http://localhost:3000",
        timeout: float = 60.0,
        max_retries: int = 2,
        transport: Optional[httpx2.AsyncBaseTransport] = None,
    ) -> None:
        settings = settings_from(token, base_url, timeout, max_retries)
        client = httpx2.AsyncClient(transport=transport, headers={"user-agent": USER_AGENT})
        self._caller = AsyncCaller(settings, client)
        super().__init__(self._caller)

    async def close(self) -> None:
        """Gives back the connections."""
        await self._caller.close()

    async def __aenter__(self) -> AsyncNovaBilling:
        return self

    async def __aexit__(
        self,
        error_type: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.close()
