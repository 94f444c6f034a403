"""Lengths of time as PromQL writes them, all shortened by one scale where a test cannot wait for days."""

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3_600, 86_400
_UNITS = (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))


@dataclass(frozen=True, slots=True)
class Clock:
    """Writes seconds; with a `scale` of 0.01 a window of 300 seconds lasts 3. Raises ValueError for one below 1 ms."""

    scale: float = 1.0

    def seconds(self, seconds: float) -> float:
        """Return how many seconds a length lasts."""
        return round(seconds * self.scale, 3)

    def text(self, seconds: float) -> str:
        """Return a length as `30m`, `6h`, `1500ms`: the largest unit that leaves no fraction."""
        milliseconds = round(seconds * self.scale * 1_000)
        if milliseconds < 1:
            raise ValueError(f"{seconds} s at a scale of {self.scale} is less than a millisecond")
        return next(f"{milliseconds // size}{unit}" for unit, size in _UNITS if milliseconds % size == 0)


REAL = Clock()


def name(seconds: float) -> str:
    """Return the length as names of recorded series have it, whatever the scale."""
    return REAL.text(seconds)
