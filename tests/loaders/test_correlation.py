"""Correlation against known data: the lag that was put in is the lag that comes out."""

from datetime import UTC, date, datetime, timedelta
from math import atanh, sqrt, tanh

import pytest
from msgspec.structs import replace

from loaders.correlation import MINIMUM_PAIRS, CrossCorrelation, cross_correlate
from storage.rows import DayRow

FIRST = date(2026, 1, 1)
WAVE = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4, 3, 3, 8, 3, 2, 7]


def correlate(days: list[DayRow], max_lag: int = 2) -> CrossCorrelation:
    """Correlate the whole of WAVE's span."""
    return cross_correlate(days, max_lag, FIRST, FIRST + timedelta(days=len(WAVE)))


def following(lag: int) -> list[DayRow]:
    """Return days whose price change is the number of mentions `lag` days before, in percent."""
    close, rows = 100.0, []
    for number, count in enumerate(WAVE):
        source = number - lag
        close *= 1 + (WAVE[source] if 0 <= source < len(WAVE) else 0) / 100
        day = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=number)
        rows.append(DayRow(day, close, count, count * 1_000))
    return rows


@pytest.mark.parametrize("lag", [-2, -1, 0, 1, 2])
def test_the_lag_put_in_comes_out(lag: int) -> None:
    """Talk that leads the price by `lag` days correlates best, and nearly fully, at that lag."""
    best = correlate(following(lag)).volume.best
    assert best is not None
    assert best.lag == lag
    assert best.r is not None
    assert best.r > 0.95


def test_the_interval_is_fishers() -> None:
    """The 95 % interval is tanh(atanh(r) +- 1.96 / sqrt(n - 3)); the best one's is wider."""
    noisy = [
        DayRow(row.day, row.close, row.mention_count + number % 3, row.score_sum)
        for number, row in enumerate(following(1))
    ]
    profile = correlate(noisy).volume
    for lag in profile.lags:
        assert lag.r is not None
        assert lag.low == pytest.approx(tanh(atanh(lag.r) - 1.959964 / sqrt(lag.n - 3)), abs=1e-6)
    best = profile.best
    assert best is not None
    same = next(lag for lag in profile.lags if lag.lag == best.lag)
    assert best.low is not None
    assert same.low is not None
    assert best.low < same.low


def test_too_few_days_give_no_estimate() -> None:
    """Below the minimum there are pairs but no r."""
    profile = correlate(following(0)[: MINIMUM_PAIRS - 1], max_lag=0).sentiment
    assert profile.best is None
    assert [(lag.n, lag.r) for lag in profile.lags] == [(MINIMUM_PAIRS - 2, None)]


def test_a_side_that_does_not_vary_gives_no_estimate() -> None:
    """Correlation with a constant is undefined, not zero."""
    flat = [DayRow(row.day, row.close, 5, 0) for row in following(0)]
    assert correlate(flat, max_lag=0).volume.best is None


@pytest.mark.parametrize("rise", [1e308, 1e160])
def test_prices_beyond_floating_point_give_no_estimate(rise: float) -> None:
    """The tables hold every finite price; one absurd bar costs its stock the estimate, and no other stock anything."""
    days = following(0)
    days[5], days[6] = replace(days[5], close=5e-324), replace(days[6], close=rise)
    profile = correlate(days, max_lag=0).volume
    assert profile.lags[0].r is None
    assert profile.best is None


def test_days_without_mentions_count_as_silence_but_have_no_mood() -> None:
    """The number of mentions of a missing day is zero; its mean score is unknown."""
    days = [row if number % 2 else DayRow(row.day, row.close, 0, 0) for number, row in enumerate(following(0))]
    result = correlate(days, max_lag=0)
    assert result.volume.lags[0].n == len(WAVE) - 1
    assert result.sentiment.lags[0].n == len(WAVE) // 2
