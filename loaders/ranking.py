"""Ranking of a trending snapshot: pure, so that list, single entry and tests share it."""

from dataclasses import dataclass

from storage.rows import SnapshotRow, TrendingEntryRow
from storage.terms import TrendingRank

GROWTH_PRIOR = 20
"""Mentions that ranking by growth adds to both windows, so that 1 to 6 does not beat 1,000 to 3,000."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry with its place, from 1; `sentiment_rank` is its place by average score among the same entries."""

    rank: int
    sentiment_rank: int
    previous_rank: int | None
    entry: TrendingEntryRow


@dataclass(frozen=True, slots=True)
class Ranking:
    """A snapshot's entries with enough mentions, best first, and the same by symbol."""

    snapshot: SnapshotRow
    rank_by: TrendingRank
    entries: tuple[Ranked, ...]
    by_symbol: dict[str, Ranked]


def rank(snapshot: SnapshotRow, rank_by: TrendingRank, min_mentions: int) -> Ranking:
    """Order the entries with at least `min_mentions`; unknown growth or z-score stands last.

    Growth is shrunk before it is ranked: (mentions + 20) / (mentions before + 20) - 1 (additive smoothing). More
    mentions, then the symbol, break ties. The previous rank is known for ranking by mentions only: a snapshot keeps no
    other measure of the window before.
    """
    entries = [entry for entry in snapshot.entries if entry.mention_count >= min_mentions]
    by_score = sorted(entries, key=lambda entry: (-_average(entry), entry.symbol))
    sentiment_ranks = {entry.symbol: place for place, entry in enumerate(by_score, 1)}
    known = rank_by is TrendingRank.MENTIONS
    ranked = tuple(
        Ranked(place, sentiment_ranks[entry.symbol], entry.previous_rank if known else None, entry)
        for place, entry in enumerate(sorted(entries, key=lambda entry: _order(entry, rank_by)), 1)
    )
    return Ranking(snapshot, rank_by, ranked, {one.entry.symbol: one for one in ranked})


def _order(entry: TrendingEntryRow, rank_by: TrendingRank) -> tuple[bool, float, int, str]:
    measure = {
        TrendingRank.MENTIONS: float(entry.mention_count),
        TrendingRank.GROWTH: _shrunken_growth(entry),
        TrendingRank.SENTIMENT: _average(entry),
        TrendingRank.Z_SCORE: entry.z_score,
    }[rank_by]
    return measure is None, -(measure or 0.0), -entry.mention_count, entry.symbol


def _shrunken_growth(entry: TrendingEntryRow) -> float | None:
    if entry.growth is None:
        return None
    return (entry.mention_count + GROWTH_PRIOR) / (entry.previous_mention_count + GROWTH_PRIOR) - 1


def _average(entry: TrendingEntryRow) -> float:
    return entry.score_sum / entry.mention_count
