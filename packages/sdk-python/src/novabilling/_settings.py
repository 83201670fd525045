"""How a client is set up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from . import _platform


@dataclass(frozen=True)
class Settings:
    token: Optional[str]
    base_url: str
    timeout: float
    max_retries: int


def settings_from(token: Optional[str], base_url: str, timeout: float, max_retries: int) -> Settings:
    """Fills in the environment's key, and refuses what cannot be meant."""
    if not base_url.startswith(("http://", "https://")):
        raise ValueError(f"base_url is not an http(s) address: {base_url}")
    if isinstance(max_retries, bool) or not isinstance(max_retries, int) or max_retries < 0:
        raise ValueError(f"max_retries is a whole number, not {max_retries}")
    return Settings(
        token=token or _platform.variable("NOVABILLING_API_KEY"),
        base_url=base_url.rstrip("/"),
        timeout=checked_timeout(timeout),
        max_retries=max_retries,
    )


def checked_timeout(seconds: float) -> float:
    if not 0 < seconds < float("inf"):
        raise ValueError(f"timeout is a number of seconds, not {seconds}")
    return seconds
