"""Everything the API refuses and every call that fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence


@dataclass(frozen=True)
class FieldError:
    """One fault of a request: ``path`` is the field, ``message`` what is wrong with it."""

    path: str
    message: str


class NovaBillingError(Exception):
    """The base of all errors of this package.

    ``status_code`` is None when there was no answer. ``code`` is the documented code of the refusal; 401, 403 and
    429 have none. Quote ``request_id`` when you ask for help. ``errors`` are all faults of a 400.
    """

    def __init__(
        self,
        message: str,
        *,
        status_code: Optional[int] = None,
        code: Optional[str] = None,
        request_id: Optional[str] = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status_code = status_code
        self.code = code
        self.request_id = request_id
        self.errors = list(errors)


class BadRequestError(NovaBillingError):
    """400: malformed or invalid; ``errors`` names each fault."""


class UnauthorizedError(NovaBillingError):
    """401: no credentials, or wrong or expired ones."""


class ForbiddenError(NovaBillingError):
    """403: the credentials lack a scope, named in the message."""


class NotFoundError(NovaBillingError):
    """404: nothing of that id is visible to these credentials."""


class ConflictError(NovaBillingError):
    """409: a duplicate, or a move the object's state does not allow."""


class RateLimitError(NovaBillingError):
    """429: after ``retry_after`` seconds the same call works."""

    retry_after: float = 0.0


class NovaBillingTimeoutError(NovaBillingError):
    """No complete answer within the time limit. The server may have acted all the same."""


class NovaBillingConnectionError(NovaBillingError):
    """The server could not be reached, or the connection broke; ``__cause__`` says why."""


class WebhookVerificationError(NovaBillingError):
    """A webhook that NovaBilling did not send, or sent too long ago. Answer it with 400."""


_BY_STATUS = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}


def error_from(status: int, body: object, request_id: Optional[str], retry_after: Optional[float]) -> NovaBillingError:
    """The error an answer outside 2xx stands for. ``body`` is the parsed JSON, or None if it was none."""
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    message = fields.get("message")
    code = fields.get("code")
    error = _BY_STATUS.get(status, NovaBillingError)(
        message if isinstance(message, str) else f"HTTP {status}",
        status_code=status,
        code=code if isinstance(code, str) else None,
        request_id=request_id,
        errors=_field_errors(fields.get("errors")),
    )
    if isinstance(error, RateLimitError):
        error.retry_after = retry_after or 0.0
    return error


def _field_errors(given: object) -> Sequence[FieldError]:
    if not isinstance(given, list):
        return []
    return [
        FieldError(path=str(fault["path"]), message=str(fault["message"]))
        for fault in given
        if isinstance(fault, dict) and "path" in fault and "message" in fault
    ]
