"""Ranking a snapshot: by each measure, with few mentions kept from leading by growth."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from loaders.ranking import rank
from storage.rows import SnapshotRow, TrendingEntryRow, Window
from storage.terms import Timeframe, TrendingRank
from tests.storage.histories import NOW


def entry(symbol: str, count: int, previous: int, z_score: float | None = None) -> TrendingEntryRow:
    """An entry of so many mentions now and before."""
    growth = count / previous - 1 if previous else None
    return TrendingEntryRow(symbol, count, previous, 0, count * 100, growth, z_score, None)


def order(rank_by: TrendingRank, *entries: TrendingEntryRow, least: int = 5) -> list[str]:
    """The symbols of a ranking."""
    snapshot = SnapshotRow(Timeframe.DAY, Window(NOW - timedelta(days=1), NOW), NOW, entries)
    return [each.entry.symbol for each in rank(snapshot, rank_by, least).entries]


def test_few_mentions_do_not_lead_by_growth() -> None:
    """1 to 6 is sixfold, 1,000 to 3,000 threefold, and 0 to 9 has no growth: the large one leads, the last is last."""
    few, many, new = entry("FEW", 6, 1), entry("MANY", 3_000, 1_000), entry("NEW", 9, 0)
    assert order(TrendingRank.GROWTH, few, many, new) == ["MANY", "FEW", "NEW"]
    assert (few.growth, many.growth, new.growth) == (5.0, 2.0, None)


def test_growth_from_nothing_stays_below_any_growth() -> None:
    """Even below a stock that lost half of its mentions: what was not there before has no growth to rank by."""
    assert order(TrendingRank.GROWTH, entry("NEW", 500, 0), entry("LESS", 50, 100)) == ["LESS", "NEW"]


@given(st.integers(5, 10_000), st.integers(1, 10_000), st.integers(2, 50))
def test_of_equal_growth_the_larger_leads(count: int, previous: int, times: int) -> None:
    """Growing alike, the stock with more mentions stands higher; shrinking alike, it stands lower."""
    pair = entry("SMALL", count, previous), entry("LARGE", count * times, previous * times)
    if count == previous:
        assert order(TrendingRank.GROWTH, *pair) == ["LARGE", "SMALL"]
    else:
        assert order(TrendingRank.GROWTH, *pair) == (["LARGE", "SMALL"] if count > previous else ["SMALL", "LARGE"])


def test_unknown_z_scores_stand_last() -> None:
    """Null is below every number, and mentions, then the symbol, break ties."""
    entries = entry("A", 9, 1), entry("B", 9, 1), entry("C", 10, 1), entry("D", 5, 1, -3.0)
    assert order(TrendingRank.Z_SCORE, *entries) == ["D", "C", "A", "B"]
    assert order(TrendingRank.MENTIONS, *entries, least=9) == ["C", "A", "B"]
