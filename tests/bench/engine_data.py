"""The engine's bench data, in memory: stocks with quote, sentiment and five mentions each, 54 leaves a stock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DOCUMENT = """
query Watchlist($first: Int!) {
  stocks(first: $first) {
    symbol
    name
    sector
    marketCap
    quote { price change changePercent at }
    sentiment { mentionCount averageScore standardError positive neutral negative }
    mentions { source community author text score label postedAt engagement }
  }
}
"""
LEAVES = 54
MENTIONS = 5
_START = datetime(2026, 11, 20, 15, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StockData:
    """A listed stock."""

    symbol: str
    name: str
    sector: str | None
    market_cap: float


@dataclass(frozen=True, slots=True)
class QuoteData:
    """A price."""

    price: float
    change: float
    change_percent: float
    at: datetime


@dataclass(frozen=True, slots=True)
class SentimentData:
    """What was said."""

    mention_count: int
    average_score: float
    standard_error: float | None
    positive: int
    neutral: int
    negative: int


@dataclass(frozen=True, slots=True)
class MentionData:
    """A post."""

    source: str
    community: str | None
    author: str
    text: str
    score: float
    label: str
    posted_at: datetime
    engagement: int | None


@dataclass(frozen=True, slots=True)
class Store:
    """The shelves that every executor reads."""

    stocks: list[StockData]
    quotes: dict[str, QuoteData]
    sentiments: dict[str, SentimentData]
    mentions: dict[str, list[MentionData]]


def make_store(stocks: int) -> Store:
    """Make so many stocks, always the same."""
    symbols = [f"S{number:04d}" for number in range(stocks)]
    return Store(
        [
            StockData(one, f"Company {one}", "Energy" if place % 7 else None, 1e9 + place)
            for place, one in _placed(symbols)
        ],
        {one: QuoteData(100 + place / 7, place / 13, place / 17, _START) for place, one in _placed(symbols)},
        {
            one: SentimentData(place, place / 1_003, None if place < 2 else place / 977, place, place + 1, place + 2)
            for place, one in _placed(symbols)
        },
        {one: [_mention(one, place, number) for number in range(MENTIONS)] for place, one in _placed(symbols)},
    )


def _placed(symbols: list[str]) -> list[tuple[int, str]]:
    return list(enumerate(symbols))


def _mention(symbol: str, place: int, number: int) -> MentionData:
    return MentionData(
        source=("REDDIT", "X", "NEWS")[number % 3],
        community=None if number % 2 else "stocks",
        author=f"author {place} {number}",
        text=f"Post {number} says that ${symbol} goes up, or down, or stays where it is",
        score=(place % 200 - 100) / 100,
        label=("POSITIVE", "NEUTRAL", "NEGATIVE")[place % 3],
        posted_at=_START - timedelta(minutes=place, seconds=number),
        engagement=number if number % 2 else None,
    )
