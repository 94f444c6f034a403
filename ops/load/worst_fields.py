"""The field paths that took longest, measured by what their fields may take."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from ops.load.scrape import Times

SHARE = 0.9
"""The percentile that `@budget` is about."""


class FieldTimes(Struct, frozen=True):
    """A field path and its times, in seconds; `coordinate` and with it `budget` are None where nobody knows them."""

    operation: str
    path: str
    coordinate: str | None
    samples: int
    p50: float
    p90: float
    p99: float
    budget: float | None

    @property
    def used(self) -> float | None:
        """The share of its budget that the 90th percentile takes."""
        return None if self.budget is None else self.p90 / self.budget


class Fields:
    """Knows fields by operation and path: `coordinates` by operation, then path, and `budgets` by coordinate."""

    def __init__(self, coordinates: Mapping[str, Mapping[str, str]], budgets: Mapping[str, float]) -> None:
        self._coordinates = coordinates
        self._budgets = budgets

    def times(self, operation: str, path: str, times: Times) -> FieldTimes:
        """Return the times of a path. Of operations that share a name, paths are coordinates."""
        coordinate = self._coordinates.get(operation, {}).get(path)
        if coordinate is None and path in self._budgets:
            coordinate = path
        p50, p90, p99 = (times.quantile(share) or 0.0 for share in (0.5, SHARE, 0.99))
        budget = self._budgets.get(coordinate) if coordinate is not None else None
        return FieldTimes(operation, path, coordinate, times.samples, p50, p90, p99, budget)


def worst(fields: Iterable[FieldTimes], most: int) -> Sequence[FieldTimes]:
    """Return those that use the most of their budgets, then the slowest without one."""
    return sorted(fields, key=lambda one: (one.used is None, -(one.used or one.p90), one.operation, one.path))[:most]
