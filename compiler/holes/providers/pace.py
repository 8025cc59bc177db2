"""When the next request may be sent: at most so many a minute, and none while the other side wants a rest."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping

LONGEST_PAUSE = 120.0
"""In seconds; what asks for a longer one is asked again after this."""


class Pace:
    """Shared by all requests of a provider, so that one that is turned away slows all of them down."""

    def __init__(self, per_minute: int | None = None) -> None:
        self._gap = 60.0 / per_minute if per_minute else 0.0
        self._next = 0.0
        self._lock = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until a request may be sent."""
        async with self._lock:
            while (wait := self._next - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            self._next = time.monotonic() + self._gap

    def rest(self, seconds: float) -> None:
        """Send nothing for so long."""
        self._next = max(self._next, time.monotonic() + min(seconds, LONGEST_PAUSE))


def backoff(attempt: int, headers: Mapping[str, str], base: float) -> float:
    """How long to wait before the next try, in seconds: as long as the other side says, else ever longer.

    Waits that nobody has asked for are scattered by up to a quarter, so that requests do not come back all at once.
    """
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            asked = float(headers.get(name, "")) / scale
        except ValueError:
            continue
        if asked >= 0:
            return min(asked, LONGEST_PAUSE)
    return min(LONGEST_PAUSE, base * 2**attempt) * random.uniform(1.0, 1.25)
