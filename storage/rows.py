"""The rows that repositories return: frozen Structs, free of GraphQL's words.

Their fields stand in the order of their statements' columns, so that a record makes a row without looking up a name.
The garbage collector leaves them out: none can be part of a cycle.
"""

from datetime import datetime, timedelta
from math import sqrt
from operator import attrgetter

import msgspec

from storage.terms import Feed, MentionTier, SentimentLabel, Source, Timeframe

SCORE_UNIT = 10_000
"""Stored scores are whole units of 1 / SCORE_UNIT, so that sums and squares are exact."""


class ScoredWordRow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A word of a text as the scorer read it, and what it added to the score; stored as a list of both."""

    word: str
    weight: float


_EVIDENCE = msgspec.json.Decoder(tuple[ScoredWordRow, ...])


class Window(msgspec.Struct, frozen=True, gc=False):
    """A half-open span of time [start, end), both in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


class StockRow(msgspec.Struct, frozen=True, gc=False):
    """One listed stock; `market_cap` in whole dollars."""

    symbol: str
    name: str
    exchange: str | None
    sector: str | None
    industry: str | None
    market_cap: int | None
    simulated: bool


class StockMatchRow(msgspec.Struct, frozen=True, gc=False):
    """A search hit: the stock, why it matched (symbol, symbol_prefix, name_prefix, name, similar), 0 to 1."""

    stock: StockRow
    reason: str
    score: float


class QuoteRow(msgspec.Struct, frozen=True, gc=False):
    """The newest quote or bar's close, and the close of the previous session's last bar (null on the first session)."""

    symbol: str
    price: float
    previous_close: float | None
    volume: int
    at: datetime
    simulated: bool

    @property
    def change(self) -> float | None:
        """Price less the previous close."""
        return None if self.previous_close is None else self.price - self.previous_close

    @property
    def change_percent(self) -> float | None:
        """The change in percent of the previous close; None where that was 0."""
        previous = self.previous_close
        return (self.price - previous) / previous * 100 if previous else None


class CandleRow(msgspec.Struct, frozen=True, gc=False):
    """One bar or bucket of bars; `time` is the bucket's start."""

    time: datetime
    open: float
    high: float
    low: float
    close: float
    volume: int


class SentimentTotals(msgspec.Struct, frozen=True, gc=False):
    """Exact sums over mentions: scores in units of 10^-4, their squares in units of 10^-8."""

    mention_count: int = 0
    score_sum: int = 0
    score_squares: int = 0
    positive: int = 0
    neutral: int = 0
    negative: int = 0

    @property
    def average_score(self) -> float | None:
        """Mean score in [-1, 1]; None without mentions."""
        return self.score_sum / self.mention_count / SCORE_UNIT if self.mention_count else None

    @property
    def standard_error(self) -> float | None:
        """Standard error of the mean, sqrt(sample variance / n); None below two mentions.

        Sums are exact integers, so n * squares - sum^2 neither rounds nor goes below zero.
        """
        n = self.mention_count
        if n < 2:  # noqa: PLR2004 - a sample variance needs two values
            return None
        spread = n * self.score_squares - self.score_sum**2
        return sqrt(spread / (n * (n - 1)) / n) / SCORE_UNIT


class WithTotals(msgspec.Struct, frozen=True, gc=False):
    """Rows with `totals`, whose numbers are read off the row itself."""

    mention_count = property(attrgetter("totals.mention_count"))
    average_score = property(attrgetter("totals.average_score"))
    standard_error = property(attrgetter("totals.standard_error"))
    positive = property(attrgetter("totals.positive"))
    neutral = property(attrgetter("totals.neutral"))
    negative = property(attrgetter("totals.negative"))


class SourceTotals(WithTotals, frozen=True, gc=False):
    """One source's totals of a symbol in a window."""

    source: Source
    totals: SentimentTotals


class SectorTotals(WithTotals, frozen=True, gc=False):
    """One sector's totals in a window, and how many of its stocks were mentioned."""

    sector: str
    stock_count: int
    totals: SentimentTotals


class PointRow(WithTotals, frozen=True, gc=False):
    """Totals of one symbol in one bucket that starts at `time`; a filled gap has no mentions."""

    symbol: str
    time: datetime
    totals: SentimentTotals


class BriefMentionRow(msgspec.Struct, frozen=True, gc=False):
    """One post about one symbol, without how it was scored and found; `score` in [-1, 1].

    `text` is None once its time is over. To leave the rest out halves what a page of mentions costs the database.
    """

    mention_id: int
    symbol: str
    source: Source
    posted_at: datetime
    community: str | None
    author: str | None
    text: str | None
    url: str | None
    score: float
    label: SentimentLabel
    engagement: int | None
    simulated: bool


class MentionRow(BriefMentionRow, frozen=True, gc=False):
    """All of it. What few ask for stays as it is stored: the evidence as JSON, the relevance in single precision."""

    external_id: str
    stored_evidence: str
    tier: MentionTier
    reason: str | None
    stored_relevance: float

    @property
    def evidence(self) -> tuple[ScoredWordRow, ...]:
        """Words and their weights, in the order of the text."""
        return _EVIDENCE.decode(self.stored_evidence)

    @property
    def relevance(self) -> float:
        """The text's share that is about this symbol, in (0, 1]: in the digits its column tells apart, 0.3 as 0.3."""
        return round(self.stored_relevance, 4)


class TrendingEntryRow(msgspec.Struct, frozen=True, gc=False):
    """One symbol's numbers in a snapshot; see the columns of trending_entries.

    Counts and `score_sum` are of mentions that count; `discounted_count` are those of the window that do not.
    """

    symbol: str
    mention_count: int
    previous_mention_count: int
    discounted_count: int
    score_sum: int
    growth: float | None
    z_score: float | None
    previous_rank: int | None


class SnapshotRow(msgspec.Struct, frozen=True, gc=False):
    """Every mentioned symbol for one timeframe, most mentions first, and symbols in order where those are equal."""

    timeframe: Timeframe
    window: Window
    computed_at: datetime
    entries: tuple[TrendingEntryRow, ...]


class DayRow(msgspec.Struct, frozen=True, gc=False):
    """One day of one symbol: the session's close, and the day's mentions; null and zero where there were none."""

    day: datetime
    close: float | None
    mention_count: int
    score_sum: int


class FeedRow(msgspec.Struct, frozen=True, gc=False):
    """The newest item of a feed, by the item's own time."""

    feed: Feed
    newest_at: datetime
