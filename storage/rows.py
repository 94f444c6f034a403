"""The rows that repositories return: frozen Structs, free of GraphQL's words.

Their fields stand in the order of their statements' columns, so that a record makes a row without looking up a name.
The garbage collector leaves them out: none can be part of a cycle.
"""

from datetime import datetime, timedelta

import msgspec

from storage.terms import Feed, MentionTier, SentimentLabel, Source, Timeframe

SCORE_UNIT = 10_000
"""Stored scores are whole units of 1 / SCORE_UNIT, so that sums and squares are exact."""

_EVIDENCE = msgspec.json.Decoder(tuple[tuple[str, float], ...])


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


class SourceTotals(msgspec.Struct, frozen=True, gc=False):
    """One source's totals of a symbol in a window."""

    source: Source
    totals: SentimentTotals


class SectorTotals(msgspec.Struct, frozen=True, gc=False):
    """One sector's totals in a window, and how many of its stocks were mentioned."""

    sector: str
    stock_count: int
    totals: SentimentTotals


class PointRow(msgspec.Struct, frozen=True, gc=False):
    """Totals of one symbol in one bucket that starts at `time`; a filled gap has no mentions."""

    symbol: str
    time: datetime
    totals: SentimentTotals


class MentionRow(msgspec.Struct, frozen=True, gc=False):
    """One post about one symbol; `score` in [-1, 1]. `text` is None once its time is over.

    What few ask for stays as it is stored until then: the evidence as JSON, the relevance in single precision.
    """

    mention_id: int
    symbol: str
    source: Source
    external_id: str
    posted_at: datetime
    community: str | None
    author: str | None
    text: str | None
    url: str | None
    score: float
    label: SentimentLabel
    stored_evidence: str
    engagement: int | None
    simulated: bool
    tier: MentionTier
    reason: str | None
    stored_relevance: float

    @property
    def evidence(self) -> tuple[tuple[str, float], ...]:
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
    """Every mentioned symbol for one timeframe, most mentions first."""

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
