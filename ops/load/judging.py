"""Whether objectives held: of operations by what a client saw, of the rest by what the server counted."""

from collections.abc import Iterable, Sequence
from math import ceil, inf

from msgspec import Struct

from ops.budgets import Objective
from ops.load.scrape import Times

_BEYOND = 5
"""Observations that must be expected beyond a percentile before it is judged: with fewer, one more or less decides."""


class Verdict(Struct, frozen=True):
    """An objective and what was measured.

    `measured` are the seconds of the objective's percentile, None where too many never came back, and `share` is what
    was over within the objective, both None without samples. `counted` tells that the share is no estimate. `held` is
    None where there are too few samples to tell.
    """

    objective: Objective
    samples: int
    measured: float | None
    share: float | None
    counted: bool
    held: bool | None


def least_samples(objective: Objective) -> int:
    """Return how many samples an objective needs to be judged: 50 for the 90th percentile."""
    return ceil(round(_BEYOND / (1 - objective.share), 6))


def judge_seen(objective: Objective, seconds: Iterable[float]) -> Verdict:
    """Judge by single times; those of requests that failed are infinite, so that they are within nothing."""
    ordered = sorted(seconds)
    if not ordered:
        return Verdict(objective, 0, None, None, counted=True, held=None)
    measured = ordered[ceil(round(objective.share * len(ordered), 6)) - 1]
    share = sum(one <= objective.seconds for one in ordered) / len(ordered)
    return Verdict(
        objective,
        len(ordered),
        None if measured == inf else measured,
        share,
        counted=True,
        held=_held(objective, share, len(ordered)),
    )


def judge_counted(objective: Objective, times: Times | None) -> Verdict:
    """Judge by a histogram; its percentile is interpolated, and the share counted where the objective is an edge."""
    if times is None or not times.samples:
        return Verdict(objective, 0, None, None, counted=True, held=None)
    found, counted = times.within(objective.seconds)
    share = found / times.samples
    held = _held(objective, share, times.samples)
    return Verdict(objective, times.samples, times.quantile(objective.share), share, counted, held)


def all_held(verdicts: Sequence[Verdict], *, strict: bool) -> bool:
    """Tell whether all objectives hold, the first of which is that of all operations, which must have been judged.

    What had too few samples does not hold where `strict` is set; else it says nothing.
    """
    if not verdicts or verdicts[0].held is None:
        return False
    return all(verdict.held or (verdict.held is None and not strict) for verdict in verdicts)


def _held(objective: Objective, share: float, samples: int) -> bool | None:
    return share >= objective.share - 1e-9 if samples >= least_samples(objective) else None
