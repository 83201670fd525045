"""When a call is worth another attempt, and how long to wait for it."""

from __future__ import annotations

from typing import Mapping, Optional

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 8.0


def is_retryable(status: int, retry_after: Optional[float]) -> bool:
    """Statuses that say "not now": nothing was carried out, or the idempotency key makes a repeat safe.

    A 409 with Retry-After is our own earlier attempt, still running under the same key.
    """
    return status in {429, 502, 503, 504} or (status == 409 and retry_after is not None)


def delay(attempt: int, retry_after: Optional[float], key: str) -> float:
    """Seconds to wait before attempt ``attempt + 1`` (the first is 0).

    What the server asked for, else half a second doubled each time; ``key`` spreads clients that failed together
    over the upper half of that time.
    """
    if retry_after is not None:
        return retry_after
    ceiling = min(_FIRST_DELAY * 2.0**attempt, _LONGEST_DELAY)
    spread = int(key[:8], 16) / 0xFFFFFFFF
    return ceiling * (0.5 + spread / 2)


def retry_after_of(headers: Mapping[str, str], body: object) -> Optional[float]:
    """Seconds to wait, from ``retryAfter`` in the body or the Retry-After header."""
    asked = body.get("retryAfter") if isinstance(body, dict) else None
    try:
        seconds = float(asked if asked is not None else headers.get("retry-after", "nan"))
    except (TypeError, ValueError):
        return None
    return seconds if 0 <= seconds < float("inf") else None
