"""The calls of the client that blocks."""

from __future__ import annotations

import threading
from typing import Any, List, Optional, Type, Union

import httpx2

from . import _platform
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
from .pages import Page


class Caller:
    """Carries the calls of all resources: credentials, the session's renewal, retries and time limits."""

    def __init__(self, settings: Settings, client: httpx2.Client) -> None:
        self._settings = settings
        self._client = client
        self._session = Session()
        self._exchanging = threading.Lock()

    def close(self) -> None:
        self._client.close()

    def one(self, model: Type[M], call: Call) -> M:
        return modelled(model, self._json(call))

    def many(self, model: Type[M], call: Call) -> List[M]:
        return [modelled(model, item) for item in self._json(call)]

    def pages(self, model: Type[M], call: Call) -> Page[M]:
        return Page.of(model, self._json(call), lambda cursor: self.pages(model, call.at_cursor(cursor)))

    def nothing(self, call: Call) -> None:
        self._run(call)
        if call.id == "auth.logout":
            self._session.clear()

    def content(self, call: Call) -> bytes:
        return self._run(call).content

    def text(self, call: Call) -> str:
        return self._run(call).content.decode()

    def _json(self, call: Call) -> Any:
        if call.id == "auth.refresh":
            with self._exchanging:
                return self._exchange(self._session.exchange_of(call))
        answer = parsed(self._run(call))
        if call.id.startswith("auth."):
            self._session.adopt(answer)
        return answer

    def _exchange(self, call: Call) -> Any:
        answer = parsed(self._run(call))
        self._session.adopt(answer)
        return answer

    def _run(self, call: Call) -> httpx2.Response:
        attempts = Attempts.of(call, self._settings)
        credential = self._credential_for(call)
        try:
            return self._send(attempts, credential)
        except UnauthorizedError:
            if not is_renewable(credential, self._settings) or not self._renewed(credential):
                raise
        return self._send(attempts, self._credential_for(call))

    def _credential_for(self, call: Call) -> Optional[str]:
        return credential_for(call.auth, self._settings, self._session.access_token)

    def _renewed(self, refused: Optional[str]) -> bool:
        """Whether there is another access token than the refused one, after an exchange where needed."""
        with self._exchanging:
            tokens = self._session.tokens
            if tokens is None or tokens.access_token != refused:
                return tokens is not None
            try:
                self._exchange(self._session.refresh_call(tokens))
            except NovaBillingError as error:
                if not is_refusal(error):
                    raise
                self._session.refused(tokens)
                return False
            return True

    def _send(self, attempts: Attempts, credential: Optional[str]) -> httpx2.Response:
        attempt = 0
        while True:
            outcome = self._attempt(attempts, credential)
            if not isinstance(outcome, Failure):
                return outcome
            _platform.sleep(attempts.wait_after(attempt, outcome))
            attempt += 1

    def _attempt(self, attempts: Attempts, credential: Optional[str]) -> Union[httpx2.Response, Failure]:
        request = attempts.request(self._client, credential)
        try:
            response = self._client.send(request)
        except httpx2.TransportError as error:
            return transport_failure(error, attempts)
        return failure_of(response) or response
