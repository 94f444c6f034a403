"""How many traces may be kept that nobody here sampled: a token bucket."""

from time import monotonic
from typing import Final

_BURST_SECONDS: Final = 5.0


class Allowance:
    """So many a second in the long run, and at once what `saved` seconds without any have saved up."""

    __slots__ = ("_filled", "_left", "_most", "_rate")

    def __init__(self, rate: float, saved: float = _BURST_SECONDS) -> None:
        self._rate = rate
        self._most = rate * saved
        self._left = self._most
        self._filled = monotonic()

    def take(self) -> bool:
        """Take one; False where none is left."""
        now = monotonic()
        self._left = min(self._most, self._left + (now - self._filled) * self._rate)
        self._filled = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
