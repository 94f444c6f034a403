"""A share over the last minute, of counters that only ever grow."""

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Final, NamedTuple

WINDOW: Final = 60.0
"""Seconds that the share is about."""
LEAST: Final = 1.0
"""Seconds between two looks that are remembered: whoever asks more often makes the memory no longer."""
BEFORE: Final = 100.0


class Look(NamedTuple):
    """The counters at one instant."""

    at: float
    hits: int
    asked: int


class HitRate:
    """Looks at the counters whenever it is asked; between two looks it costs nothing.

    The share is of what was asked since the oldest look within the last minute, or since the one before where there is
    none. Where nothing was asked since, it is the last share that there was, and 100 before the first.
    """

    def __init__(self, count: Callable[[], tuple[int, int]], clock: Callable[[], float] = monotonic) -> None:
        self._count = count
        self._clock = clock
        self._last = BEFORE
        self._looks = deque((Look(clock(), *count()),))

    def percent(self) -> float:
        """Return the share of hits, from 0 to 100."""
        now = Look(self._clock(), *self._count())
        looks = self._looks
        while len(looks) > 1 and looks[1].at <= now.at - WINDOW:
            looks.popleft()
        asked = now.asked - looks[0].asked
        if asked > 0:
            self._last = 100.0 * (now.hits - looks[0].hits) / asked
        if now.at - looks[-1].at >= LEAST:
            looks.append(now)
        return self._last
