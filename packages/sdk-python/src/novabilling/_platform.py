"""What the client needs of the machine it runs on. Everything else takes these as arguments."""

from __future__ import annotations

import os
import secrets
import time
from typing import Callable, Optional

now: Callable[[], float] = time.time
"""Seconds since the epoch."""

monotonic: Callable[[], float] = time.monotonic
"""Seconds that never run backwards, for time limits."""

sleep: Callable[[float], None] = time.sleep


def random_key() -> str:
    """128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def variable(name: str) -> Optional[str]:
    """An environment variable; an empty one counts as missing."""
    return os.environ.get(name) or None
