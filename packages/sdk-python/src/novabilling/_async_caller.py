"""The calls of the client that is awaited; see _caller.py, which it follows step by step."""

from __future__ import annotations

from typing import Any, List, Optional, Type, Union

import anyio
import httpx2

from ._call import (
    Attempts,
    Call,
    Failure,
    M,
    credential_for,
    failure_of,
    is_renewable,
    modelled,
    parsed,
    transport_failure,
)
from ._session import Session, is_refusal
from ._settings import Settings
from .errors import NovaBillingError, UnauthorizedError
from .pages import AsyncPage, AsyncPageCall


class AsyncCaller:
    """Carries the calls of all resources: credentials, the session's renewal, retries and time limits."""

    def __init__(self, settings: Settings, client: httpx2.AsyncClient) -> None:
        self._settings = settings
        self._client = client
        self._session = Session()
        self._exchanging = anyio.Lock()

    async def close(self) -> None:
        await self._client.aclose()

    async def one(self, model: Type[M], call: Call) -> M:
        return modelled(model, await self._json(call))

    async def many(self, model: Type[M], call: Call) -> List[M]:
        return [modelled(model, item) for item in await self._json(call)]

    def pages(self, model: Type[M], call: Call) -> AsyncPageCall[M]:
        async def fetch() -> AsyncPage[M]:
            return AsyncPage.of(model, await self._json(call), lambda cursor: self.pages(model, call.at_cursor(cursor)))

        return AsyncPageCall(fetch)

    async def nothing(self, call: Call) -> None:
        await self._run(call)
        if call.id == "auth.logout":
            self._session.clear()

    async def content(self, call: Call) -> bytes:
        return (await self._run(call)).content

    async def text(self, call: Call) -> str:
        return (await self._run(call)).content.decode()

    async def _json(self, call: Call) -> Any:
        if call.id == "auth.refresh":
            async with self._exchanging:
                return await self._exchange(self._session.exchange_of(call))
        answer = parsed(await self._run(call))
        if call.id.startswith("auth."):
            self._session.adopt(answer)
        return answer

    async def _exchange(self, call: Call) -> Any:
        answer = parsed(await self._run(call))
        self._session.adopt(answer)
        return answer

    async def _run(self, call: Call) -> httpx2.Response:
        attempts = Attempts.of(call, self._settings)
        credential = self._credential_for(call)
        try:
            return await self._send(attempts, credential)
        except UnauthorizedError:
            if not is_renewable(credential, self._settings) or not await self._renewed(credential):
                raise
        return await self._send(attempts, self._credential_for(call))

    def _credential_for(self, call: Call) -> Optional[str]:
        return credential_for(call.auth, self._settings, self._session.access_token)

    async def _renewed(self, refused: Optional[str]) -> bool:
        """Whether there is another access token than the refused one, after an exchange where needed."""
        async with self._exchanging:
            tokens = self._session.tokens
            if tokens is None or tokens.access_token != refused:
                return tokens is not None
            try:
                await self._exchange(self._session.refresh_call(tokens))
            except NovaBillingError as error:
                if not is_refusal(error):
                    raise
                self._session.refused(tokens)
                return False
            return True

    async def _send(self, attempts: Attempts, credential: Optional[str]) -> httpx2.Response:
        attempt = 0
        while True:
            outcome = await self._attempt(attempts, credential)
            if not isinstance(outcome, Failure):
                return outcome
            await anyio.sleep(attempts.wait_after(attempt, outcome))
            attempt += 1

    async def _attempt(self, attempts: Attempts, credential: Optional[str]) -> Union[httpx2.Response, Failure]:
        request = attempts.request(self._client, credential)
        try:
            response = await self._client.send(request)
        except httpx2.TransportError as error:
            return transport_failure(error, attempts)
        return failure_of(response) or response
