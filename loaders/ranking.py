"""Ranking of a trending snapshot: pure, so that list, single entry and tests share it."""

from functools import cached_property
from operator import attrgetter

import msgspec

from storage.leaders import GROWTH_PRIOR
from storage.rows import SCORE_UNIT, SnapshotRow, TrendingEntryRow, Window
from storage.terms import TrendingRank

_SYMBOL = attrgetter("symbol")


class Ranking:
    """A snapshot's entries with enough mentions, best first; what nobody asks of it is not computed.

    Growth is shrunk before it is ranked: (mentions + 20) / (mentions before + 20) - 1 (additive smoothing). Unknown
    growth or z-score stands last; more mentions, then the symbol, break ties. The previous rank is known for ranking by
    mentions only: a snapshot keeps no other measure of the window before.
    """

    def __init__(self, snapshot: SnapshotRow, rank_by: TrendingRank, min_mentions: int) -> None:
        self.snapshot = snapshot
        self.rank_by = rank_by
        enough = [entry for entry in snapshot.entries if entry.mention_count >= min_mentions]
        self.ordered = _ordered(enough, rank_by)

    @property
    def entries(self) -> "list[Ranked]":
        """All entries with their places."""
        return self.first(len(self.ordered))

    def first(self, number: int) -> "list[Ranked]":
        """Return the leaders."""
        return [self._ranked(place, entry) for place, entry in enumerate(self.ordered[:number], 1)]

    def of(self, symbol: str) -> "Ranked | None":
        """Return a stock's place; None where it has none."""
        place = self._places.get(symbol)
        return None if place is None else self._ranked(place, self.ordered[place - 1])

    @cached_property
    def sentiment_ranks(self) -> dict[str, int]:
        """Places by average score among the same entries, by symbol."""
        by_score = sorted(sorted(self.ordered, key=_SYMBOL), key=_average, reverse=True)
        return {entry.symbol: place for place, entry in enumerate(by_score, 1)}

    @cached_property
    def _places(self) -> dict[str, int]:
        return {entry.symbol: place for place, entry in enumerate(self.ordered, 1)}

    def _ranked(self, place: int, entry: TrendingEntryRow) -> "Ranked":
        known = self.rank_by is TrendingRank.MENTIONS
        return Ranked(place, entry.previous_rank if known else None, entry, self)


class Ranked(msgspec.Struct, frozen=True):
    """An entry with its place, from 1; `sentiment_rank` is its place by average score among the same entries."""

    rank: int
    previous_rank: int | None
    entry: TrendingEntryRow
    ranking: Ranking

    symbol = property(attrgetter("entry.symbol"))
    mention_count = property(attrgetter("entry.mention_count"))
    previous_mention_count = property(attrgetter("entry.previous_mention_count"))
    discounted_count = property(attrgetter("entry.discounted_count"))
    growth = property(attrgetter("entry.growth"))
    z_score = property(attrgetter("entry.z_score"))

    @property
    def average_score(self) -> float:
        """Mean score in [-1, 1]."""
        return _average(self.entry) / SCORE_UNIT

    @property
    def sentiment_rank(self) -> int:
        """Place by mean score."""
        return self.ranking.sentiment_ranks[self.entry.symbol]


class Leaders(msgspec.Struct, frozen=True):
    """The first entries of a ranking."""

    ranking: Ranking
    number: int

    computed_at = property(attrgetter("ranking.snapshot.computed_at"))
    rank_by = property(attrgetter("ranking.rank_by"))

    @property
    def window(self) -> Window:
        """The snapshot's window."""
        return self.ranking.snapshot.window

    @property
    def entries(self) -> list[Ranked]:
        """The leaders, best first."""
        return self.ranking.first(self.number)


def _ordered(entries: list[TrendingEntryRow], rank_by: TrendingRank) -> list[TrendingEntryRow]:
    """Order entries, best first. They come by mentions and then symbol, and sorting is stable: that breaks ties."""
    match rank_by:
        case TrendingRank.MENTIONS:
            return entries
        case TrendingRank.SENTIMENT:
            return sorted(entries, key=_average, reverse=True)
        case TrendingRank.GROWTH:
            measures = [_shrunken_growth(entry) for entry in entries]
        case TrendingRank.Z_SCORE:
            measures = [entry.z_score for entry in entries]
    known = [(measure, entry) for measure, entry in zip(measures, entries, strict=True) if measure is not None]
    unknown = [entry for measure, entry in zip(measures, entries, strict=True) if measure is None]
    return [entry for _, entry in sorted(known, key=lambda pair: pair[0], reverse=True)] + unknown


def _shrunken_growth(entry: TrendingEntryRow) -> float | None:
    if entry.growth is None:
        return None
    return (entry.mention_count + GROWTH_PRIOR) / (entry.previous_mention_count + GROWTH_PRIOR) - 1


def _average(entry: TrendingEntryRow) -> float:
    return entry.score_sum / entry.mention_count
