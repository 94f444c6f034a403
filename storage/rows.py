"""The rows that repositories return: frozen, slotted, and free of GraphQL's words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.terms import Feed, MentionTier, SentimentLabel, Source, Timeframe

SCORE_UNIT = 10_000
"""Stored scores are whole units of 1 / SCORE_UNIT, so that sums and squares are exact."""


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span of time [start, end), both in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class StockRow:
    """One listed stock; `market_cap` in whole dollars."""

    symbol: str
    name: str
    exchange: str | None
    sector: str | None
    industry: str | None
    market_cap: int | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class StockMatchRow:
    """A search hit: the stock, why it matched (symbol, symbol_prefix, name_prefix, name, similar), 0 to 1."""

    stock: StockRow
    reason: str
    score: float


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """The newest quote or bar's close, and the close of the previous session's last bar (null on the first session)."""

    symbol: str
    price: float
    previous_close: float | None
    volume: int
    at: datetime
    simulated: bool


@dataclass(frozen=True, slots=True)
class CandleRow:
    """One bar or bucket of bars; `time` is the bucket's start."""

    time: datetime
    open: float
    high: float
    low: float
    close: float
    volume: int


@dataclass(frozen=True, slots=True)
class SentimentTotals:
    """Exact sums over mentions: scores in units of 10^-4, their squares in units of 10^-8."""

    mention_count: int = 0
    score_sum: int = 0
    score_squares: int = 0
    positive: int = 0
    neutral: int = 0
    negative: int = 0


@dataclass(frozen=True, slots=True)
class SourceTotals:
    """One source's totals of a symbol in a window."""

    source: Source
    totals: SentimentTotals


@dataclass(frozen=True, slots=True)
class SectorTotals:
    """One sector's totals in a window, and how many of its stocks were mentioned."""

    sector: str
    stock_count: int
    totals: SentimentTotals


@dataclass(frozen=True, slots=True)
class PointRow:
    """Totals of one symbol in one bucket that starts at `time`; a filled gap has no mentions."""

    symbol: str
    time: datetime
    totals: SentimentTotals


@dataclass(frozen=True, slots=True)
class MentionRow:
    """One post about one symbol; `score` in units of 10^-4; evidence as (word, weight) in the order of the text.

    `text` is None once its time is over; `relevance`, in (0, 1], is the text's share that is about this symbol.
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
    score: int
    label: SentimentLabel
    evidence: tuple[tuple[str, float], ...]
    engagement: int | None
    simulated: bool
    tier: MentionTier
    reason: str | None
    relevance: float


def shown_relevance(stored: float) -> float:
    """Give a relevance as many digits as its column can tell apart, so that 0.3 is no 0.30000001."""
    return round(stored, 4)


@dataclass(frozen=True, slots=True)
class TrendingEntryRow:
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


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """Every mentioned symbol for one timeframe, most mentions first."""

    timeframe: Timeframe
    window: Window
    computed_at: datetime
    entries: tuple[TrendingEntryRow, ...]


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of one symbol: the session's close, and the day's mentions; null and zero where there were none."""

    day: datetime
    close: float | None
    mention_count: int
    score_sum: int


@dataclass(frozen=True, slots=True)
class FeedRow:
    """The newest item of a feed, by the item's own time."""

    feed: Feed
    newest_at: datetime
