"""Ranking a snapshot: by each measure, with few mentions kept from leading by growth."""

from collections.abc import Iterable
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from loaders.ranking import Ranking
from storage.rows import SnapshotRow, TrendingEntryRow, Window
from storage.terms import Timeframe, TrendingRank
from tests.storage.histories import NOW


def entry(symbol: str, count: int, previous: int, z_score: float | None = None) -> TrendingEntryRow:
    """An entry of so many mentions now and before."""
    growth = count / previous - 1 if previous else None
    return TrendingEntryRow(symbol, count, previous, 0, count * 100, growth, z_score, None)


def taken(entries: Iterable[TrendingEntryRow]) -> SnapshotRow:
    """A snapshot of entries, in the order in which snapshots are read."""
    ordered = tuple(sorted(entries, key=lambda one: (-one.mention_count, one.symbol)))
    return SnapshotRow(Timeframe.DAY, Window(NOW - timedelta(days=1), NOW), NOW, ordered)


def order(rank_by: TrendingRank, *entries: TrendingEntryRow, least: int = 5) -> list[str]:
    """The symbols of a ranking."""
    snapshot = taken(entries)
    return [each.entry.symbol for each in Ranking(snapshot, rank_by, least).entries]


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


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9), st.integers(-9, 9)), max_size=12), st.integers(1, 5))
def test_places_agree_however_they_are_asked_for(numbers: list[tuple[int, int, int]], least: int) -> None:
    """The list, its first entries and a single stock's entry are one ranking; sentiment ranks are a ranking of its own.

    Each order is also that of one sort by all of its criteria, nulls last and symbols breaking ties.
    """
    entries = tuple(
        TrendingEntryRow(f"S{place}", count, before, 0, score * count, None, None if score > 5 else score / 3, place)
        for place, (count, before, score) in enumerate(numbers)
    )
    snapshot = taken(entries)
    enough = [one for one in entries if one.mention_count >= least]
    by_score = sorted(enough, key=lambda one: (-one.score_sum / one.mention_count, one.symbol))
    by_z_score = sorted(
        enough, key=lambda one: (one.z_score is None, -(one.z_score or 0.0), -one.mention_count, one.symbol)
    )
    by_mentions = sorted(enough, key=lambda one: (-one.mention_count, one.symbol))
    for rank_by, expected in (
        (TrendingRank.Z_SCORE, by_z_score),
        (TrendingRank.MENTIONS, by_mentions),
        (TrendingRank.SENTIMENT, sorted(by_mentions, key=lambda one: -one.score_sum / one.mention_count)),
    ):
        ranking = Ranking(snapshot, rank_by, least)
        ranked = ranking.entries
        assert [one.entry for one in ranked] == expected
        assert [one.rank for one in ranked] == list(range(1, len(enough) + 1))
        assert [ranking.of(one.symbol) for one in ranked] == ranked
        assert ranking.first(2) == ranked[:2]
        assert {one.symbol: one.sentiment_rank for one in ranked} == {
            one.symbol: place for place, one in enumerate(by_score, 1)
        }
        assert [one.previous_rank for one in ranked] == [
            one.entry.previous_rank if rank_by is TrendingRank.MENTIONS else None for one in ranked
        ]
    assert ranking.of("NONE") is None
