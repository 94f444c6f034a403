"""Whether something grows: a straight line through its samples after the warm-up, by least squares.

The slope's standard error is taken off before it is compared with the bound, twice, so that noise alone does not fail
a run. https://en.wikipedia.org/wiki/Simple_linear_regression
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

BOUNDS: Final = {"memory": 0.5, "descriptors": 0.5, "tasks": 0.5, "threads": 0.1, "connections": 0.1}
"""Growth that is borne, per minute: MiB of resident memory, and numbers of all else."""
_FEWEST: Final = 6


@dataclass(frozen=True, slots=True)
class Trend:
    """A measure's line, in units per minute: slope, its standard error, and the mean level."""

    process: str
    measure: str
    slope: float
    error: float
    level: float

    @property
    def bound(self) -> float:
        """What it may grow per minute."""
        return BOUNDS[self.measure]

    @property
    def grows(self) -> bool:
        """Whether it surely grows by more than that."""
        return self.slope - 2 * self.error > self.bound

    @property
    def text(self) -> str:
        """One line for a person."""
        verdict = "GROWS" if self.grows else "steady"
        return (
            f"{self.process:8} {self.measure:12} {self.level:10.1f}  {self.slope:+8.3f} ± {2 * self.error:.3f} a minute"
            f"  (bound {self.bound:g})  {verdict}"
        )


def trend(process: str, measure: str, minutes: Sequence[float], values: Sequence[float]) -> Trend:
    """Fit a line. Raise ValueError for fewer than six samples: no line through those says anything."""
    number = len(minutes)
    if number < _FEWEST:
        raise ValueError(f"{number} samples of {process} after the warm-up; at least {_FEWEST} are needed")
    middle, level = sum(minutes) / number, sum(values) / number
    spread = sum((minute - middle) ** 2 for minute in minutes)
    slope = sum((minute - middle) * (value - level) for minute, value in zip(minutes, values, strict=True)) / spread
    residuals = [value - level - slope * (minute - middle) for minute, value in zip(minutes, values, strict=True)]
    error = sqrt(sum(residual**2 for residual in residuals) / (number - 2) / spread)
    return Trend(process, measure, slope, error, level)
