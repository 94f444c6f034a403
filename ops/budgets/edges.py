"""Upper bounds of histogram buckets: each objective is one, so that the share within it is counted, not estimated."""

from collections.abc import Iterable
from itertools import pairwise

_STEPS = (1.0, 2.0, 5.0)
_TOO_NEAR = 1.25  # a bound so near to an objective tells nothing that the objective's own does not
_DIGITS = 12  # that count: what is left of milliseconds divided by 1,000 makes no bound of its own
LEAST, GREATEST = 0.0001, 10.0


def buckets(objectives: Iterable[float], least: float = LEAST, greatest: float = GREATEST) -> tuple[float, ...]:
    """Return bounds in seconds, ascending: every objective, and between them a ladder of 1, 2, 5 per power of ten.

    Steps of the ladder outside `least` to `greatest`, and those that nearly are an objective, are left out;
    objectives never are. Raises ValueError for objectives that are no positive finite numbers.
    """
    wanted = sorted({float(f"{seconds:.{_DIGITS}g}") for seconds in objectives})
    if any(not 0 < seconds < float("inf") for seconds in wanted):
        raise ValueError(f"objectives are positive numbers of seconds, not {wanted}")
    ladder = [step for step in _ladder(least, greatest) if not any(_near(step, seconds) for seconds in wanted)]
    return tuple(sorted([*wanted, *ladder]))


def within(edges: Iterable[float], seconds: float) -> bool:
    """Tell whether a number of seconds is one of the bounds."""
    return any(abs(edge - seconds) <= 1e-9 * max(edge, seconds) for edge in edges)


def quantile(edges: tuple[float, ...], counts: tuple[float, ...], share: float) -> float | None:
    """Return the seconds within which `share` of the observations lie, interpolated within their bucket.

    `counts` are those of each bucket alone, and one more for what lies beyond the last edge, of which only the last
    edge can be said. Within a bucket observations are taken as evenly spread, and the first begins at 0, as Prometheus
    has it in `histogram_quantile`. None without observations.
    """
    total = sum(counts)
    if total <= 0:
        return None
    rank, seen = share * total, 0.0
    for (lower, upper), count in zip(pairwise((0.0, *edges)), counts, strict=False):
        if count and seen + count >= rank:
            return lower + (upper - lower) * max(0.0, rank - seen) / count
        seen += count
    return edges[-1]


def _ladder(least: float, greatest: float) -> list[float]:
    powers = range(-6, 4)
    steps = [round(step * 10.0**power, 9) for power in powers for step in _STEPS]
    return [step for step in steps if least <= step <= greatest]


def _near(step: float, objective: float) -> bool:
    return max(step, objective) < _TOO_NEAR * min(step, objective)
