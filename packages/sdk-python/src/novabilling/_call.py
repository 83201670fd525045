"""One call, between the generated resources and the two clients: everything that needs no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Dict, Mapping, Optional, Type, TypeVar, Union

import httpx2
from pydantic import ValidationError

from . import _platform
from ._models import Model
from ._retry import delay, is_retryable, retry_after_of
from ._settings import Settings, checked_timeout
from ._wire import Query, json_bytes, json_value
from .errors import NovaBillingConnectionError, NovaBillingError, NovaBillingTimeoutError, error_from

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Call:
    """One operation of the API with its arguments."""

    id: str
    method: str
    path: str
    auth: str
    accept: str = "application/json"
    body: Optional[Mapping[str, Any]] = None
    query: Query = field(default_factory=list)
    idempotency_key: Optional[str] = None
    timeout: Optional[float] = None

    def at_cursor(self, cursor: str) -> Call:
        """The same list, further on."""
        kept = [(name, value) for name, value in self.query if name not in {"page", "cursor"}]
        return replace(self, query=[*kept, ("cursor", cursor)])


@dataclass(frozen=True)
class Attempts:
    """The attempts of one call: what they send, and whether there is another one."""

    call: Call
    settings: Settings
    ends_at: float
    """By the monotonic clock."""
    key: Optional[str]
    """Once per call, so that all its attempts take effect at most once."""

    @classmethod
    def of(cls, call: Call, settings: Settings) -> Attempts:
        timeout = checked_timeout(settings.timeout if call.timeout is None else call.timeout)
        key = call.idempotency_key or _platform.random_key() if call.method == "POST" else None
        return cls(call, settings, _platform.monotonic() + timeout, key)

    def request(self, client: Union[httpx2.Client, httpx2.AsyncClient], credential: Optional[str]) -> httpx2.Request:
        """The request of the next attempt, limited to what is left of the call's time."""
        headers: Dict[str, str] = {"accept": self.call.accept}
        if credential is not None:
            headers["authorization"] = f"Bearer {credential}"
        if self.key is not None:
            headers["idempotency-key"] = self.key
        content = None
        if self.call.body is not None:
            headers["content-type"] = "application/json"
            content = json_bytes(self.call.body)
        left = self.ends_at - _platform.monotonic()
        if left <= 0:
            raise self.timed_out()
        return client.build_request(
            self.call.method,
            f"{self.settings.base_url}{self.call.path}",
            params=self.call.query or None,
            headers=headers,
            content=content,
            timeout=left,
        )

    def wait_after(self, attempt: int, failure: Failure) -> float:
        """Seconds until the next attempt; raises the failure when there is none."""
        if not failure.retryable or attempt >= self.settings.max_retries:
            raise failure.error
        wait = delay(attempt, failure.retry_after, _platform.random_key())
        if _platform.monotonic() + wait >= self.ends_at:
            raise failure.error
        return wait

    def timed_out(self) -> NovaBillingTimeoutError:
        seconds = self.settings.timeout if self.call.timeout is None else self.call.timeout
        return NovaBillingTimeoutError(f"No complete answer within {seconds:g} s")


@dataclass(frozen=True)
class Failure:
    """An attempt that failed."""

    error: NovaBillingError
    retryable: bool
    retry_after: Optional[float] = None


def failure_of(response: httpx2.Response) -> Optional[Failure]:
    """What an answer outside 2xx stands for; None for a good one."""
    if response.is_success:
        return None
    try:
        body = json_value(response.content)
    except ValueError:
        # A proxy's error page: the status alone tells what happened.
        body = None
    retry_after = retry_after_of(response.headers, body)
    error = error_from(response.status_code, body, response.headers.get("x-request-id"), retry_after)
    return Failure(error, is_retryable(response.status_code, retry_after), retry_after)


def transport_failure(error: httpx2.TransportError, attempts: Attempts) -> Failure:
    """What a broken or missing connection stands for. Raises when it was the time limit."""
    if isinstance(error, httpx2.TimeoutException):
        raise attempts.timed_out() from error
    failure = NovaBillingConnectionError(f"No answer from {attempts.settings.base_url}")
    failure.__cause__ = error
    return Failure(failure, retryable=True)


def parsed(response: httpx2.Response) -> Any:
    """The JSON of a good answer."""
    try:
        return json_value(response.content)
    except ValueError as error:
        raise NovaBillingError(
            "The answer is not JSON; does base_url point to NovaBilling?",
            status_code=response.status_code,
            request_id=response.headers.get("x-request-id"),
        ) from error


def modelled(model: Type[M], value: object) -> M:
    """The object an answer holds."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise NovaBillingError(f"The answer is no {model.__name__}; is the client older than the server?") from error


def is_renewable(credential: Optional[str], settings: Settings) -> bool:
    """Whether a refused credential came from the session, not from the user."""
    return credential is not None and credential != settings.token


def credential_for(auth: str, settings: Settings, access_token: Optional[str]) -> Optional[str]:
    """The right kind of credential; without one the other kind, to which the server says what is missing."""
    if auth == "public":
        return None
    if auth == "session":
        return access_token or settings.token
    return settings.token or access_token
