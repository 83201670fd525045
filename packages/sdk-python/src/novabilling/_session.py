"""The session a client holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from . import _platform
from ._call import Call
from .errors import NovaBillingError


@dataclass(frozen=True)
class Tokens:
    access_token: str
    refresh_token: str


class Session:
    """The tokens a log-in left here, and the idempotency key of an exchange that has not succeeded yet.

    A refresh token works once and using it again ends the session. So callers exchange it under a lock, and the
    exchange keeps its key until it succeeds, so that a lost answer can be asked for again.
    """

    def __init__(self) -> None:
        self.tokens: Optional[Tokens] = None
        self._pending: Optional[Call] = None

    @property
    def access_token(self) -> Optional[str]:
        return None if self.tokens is None else self.tokens.access_token

    def adopt(self, answer: object) -> None:
        """Takes up the tokens of an answer; anything else leaves the session as it is."""
        if not isinstance(answer, dict):
            return
        access_token, refresh_token = answer.get("accessToken"), answer.get("refreshToken")
        if isinstance(access_token, str) and isinstance(refresh_token, str):
            self.tokens = Tokens(access_token, refresh_token)
            self._pending = None

    def clear(self) -> None:
        self.tokens = None
        self._pending = None

    def exchange_of(self, call: Call) -> Call:
        """A call to auth.refresh under the key this exchange already has, or a new one."""
        pending = self._pending
        if pending is None or pending.body != call.body:
            pending = Call(
                call.id,
                call.method,
                call.path,
                call.auth,
                body=call.body,
                idempotency_key=call.idempotency_key or _platform.random_key(),
                timeout=call.timeout,
            )
            self._pending = pending
        return pending

    def refresh_call(self, tokens: Tokens) -> Call:
        return self.exchange_of(
            Call(
                "auth.refresh",
                "POST",
                "/api/auth/refresh",
                "public",
                body={"refreshToken": tokens.refresh_token},
            )
        )

    def refused(self, tokens: Tokens) -> None:
        """The server looked at these tokens and said no, so it will never say yes."""
        if self.tokens == tokens:
            self.clear()


def is_refusal(error: NovaBillingError) -> bool:
    return error.status_code in {400, 401}
