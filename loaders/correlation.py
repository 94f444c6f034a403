"""Correlation of the crowd with the price, lag by lag: pure arithmetic over one symbol's days.

r is Pearson's; its interval is Fisher's z-transform (Fisher 1921: atanh(r) is nearly normal with standard error
1 / sqrt(n - 3)). The best of m lags is the largest of m estimates, so its interval is at level 1 - 0.05 / m
(Bonferroni), which holds whatever the dependence between lags.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import atanh, isfinite, sqrt, tanh
from statistics import NormalDist, correlation

from storage.rows import SCORE_UNIT, DayRow

MINIMUM_PAIRS = 10
"""Below this many days an interval spans nearly everything, and none is given."""

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class LagEstimate:
    """Pearson's r over n pairs (crowd on day d, price change on day d + lag) and its interval."""

    lag: int
    n: int
    r: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class LagProfile:
    """Estimates from -max_lag to max_lag, and the strongest with its widened interval; null when none is known."""

    lags: tuple[LagEstimate, ...]
    best: LagEstimate | None


@dataclass(frozen=True, slots=True)
class CrossCorrelation:
    """How many mentions, and how good their mood, against the day's relative price change."""

    volume: LagProfile
    sentiment: LagProfile


def cross_correlate(days: Sequence[DayRow], max_lag: int, first: date, end: date) -> CrossCorrelation:
    """Correlate [first, end) of one symbol; a day without mentions counts as zero, and has no mood."""
    by_day = {row.day.date(): row for row in days}
    changes = _changes(days)
    span = [first + timedelta(days=offset) for offset in range((end - first).days)]
    counts = {day: float(by_day[day].mention_count) if day in by_day else 0.0 for day in span}
    moods = {
        day: by_day[day].score_sum / by_day[day].mention_count / SCORE_UNIT
        for day in span
        if day in by_day and by_day[day].mention_count
    }
    return CrossCorrelation(_profile(counts, changes, max_lag), _profile(moods, changes, max_lag))


def _changes(days: Sequence[DayRow]) -> dict[date, float]:
    """Relative change of each session's close against the session before it."""
    changes: dict[date, float] = {}
    previous: float | None = None
    for row in sorted(days, key=lambda row: row.day):
        if row.close is None:
            continue
        if previous is not None:
            changes[row.day.date()] = row.close / previous - 1
        previous = row.close
    return changes


def _profile(crowd: Mapping[date, float], changes: Mapping[date, float], max_lag: int) -> LagProfile:
    pairs = {lag: _pairs(crowd, changes, lag) for lag in range(-max_lag, max_lag + 1)}
    lags = tuple(_estimate(lag, *sides, level=LEVEL) for lag, sides in pairs.items())
    known = [estimate for estimate in lags if estimate.r is not None]
    if not known:
        return LagProfile(lags, None)
    strongest = max(known, key=lambda estimate: (abs(estimate.r or 0.0), -abs(estimate.lag)))
    widened = 1 - (1 - LEVEL) / len(lags)
    return LagProfile(lags, _estimate(strongest.lag, *pairs[strongest.lag], level=widened))


def _pairs(crowd: Mapping[date, float], changes: Mapping[date, float], lag: int) -> tuple[list[float], list[float]]:
    shift = timedelta(days=lag)
    days = [day for day in crowd if day + shift in changes]
    return [crowd[day] for day in days], [changes[day + shift] for day in days]


def _estimate(lag: int, crowd: list[float], change: list[float], *, level: float) -> LagEstimate:
    n = len(crowd)
    if n < MINIMUM_PAIRS:
        return LagEstimate(lag, n, None, None, None)
    r = _pearson(crowd, change)
    if r is None:
        return LagEstimate(lag, n, None, None, None)
    if abs(r) == 1.0:
        return LagEstimate(lag, n, r, r, r)
    reach = NormalDist().inv_cdf((1 + level) / 2) / sqrt(n - 3)
    return LagEstimate(lag, n, r, tanh(atanh(r) - reach), tanh(atanh(r) + reach))


def _pearson(crowd: list[float], change: list[float]) -> float | None:
    """Return r in [-1, 1]; None where a side does not vary, or a change of prices is beyond floating point."""
    try:
        r = correlation(crowd, change)
    except (ValueError, OverflowError):
        return None
    return max(-1.0, min(1.0, r)) if isfinite(r) else None
