"""A budget of bytes that fills up with time: it bounds what one process makes Redis hold, whatever clients ask for."""

from collections.abc import Callable
from typing import Final

SAVED_SECONDS: Final = 16
"""Seconds of its rate that a budget holds at most."""


class Budget:
    """`rate` in bytes a second; `clock` in seconds. With times to live of T seconds at most T * rate bytes are held."""

    def __init__(self, rate: int, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._left = float(rate * SAVED_SECONDS)
        self._at = clock()

    def spend(self, size: int) -> bool:
        """Take so many bytes out of it; False where there are not as many."""
        now = self._clock()
        self._left = min(self._rate * SAVED_SECONDS, self._left + (now - self._at) * self._rate)
        self._at = now
        if size > self._left:
            return False
        self._left -= size
        return True
