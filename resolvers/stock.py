"""A stock, and everything that hangs on it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import strawberry

from loaders.correlation_by_symbol import CorrelationBySymbol
from loaders.quote_by_symbol import QuoteBySymbol
from loaders.ranking import Ranking
from loaders.ranking_by_selection import RankingBySelection
from loaders.sentiment_by_symbol import SentimentBySymbol, SentimentSumBySymbol
from resolvers import stock_pages
from resolvers.argument_types import MinMentions, OneSource, RankBy, TimeframeArgument
from resolvers.arguments import within
from resolvers.batched import Column, batched, published
from resolvers.candle import Candle, PriceSeries
from resolvers.connection import Connection
from resolvers.correlation import Correlation
from resolvers.directives import Budget
from resolvers.enums import Timeframe, TrendingRank
from resolvers.info import Info
from resolvers.mention import Mention
from resolvers.node import Node, global_ids, reading
from resolvers.quote import Quote
from resolvers.scalars import BigInt
from resolvers.selected import names_in_operation
from resolvers.sentiment import SentimentSummary, Summary, summary
from resolvers.sentiment_point import SentimentPoint
from resolvers.sizes import DEAR, PAGE, SERIES_PAGE
from resolvers.stock_freshness import updated_at
from resolvers.trending import TrendingStock, selection
from resolvers.windows import back_from
from storage.paging import Position
from storage.rows import StockRow

CORRELATION_DAYS = (10, 365)
CORRELATION_LAGS = (0, 10)

Days = Annotated[int, strawberry.argument(description="Days back, from 10 to 365.")]
MaxLagDays = Annotated[int, strawberry.argument(description="Largest lag either way, from 0 to 10.")]


def _identity(row: StockRow) -> Position:
    return (row.symbol,)


def _quotes(stocks: Sequence[StockRow], info: Info) -> Column:
    return info.context.loader(QuoteBySymbol).load_segment((), [stock.symbol for stock in stocks])


def _sentiment(
    stocks: Sequence[StockRow],
    info: Info,
    timeframe: TimeframeArgument = Timeframe.DAY,
    source: OneSource = None,
) -> Column:
    """Load the totals of the window that ends at the request's instant."""
    span = back_from(info.context.now, timeframe)
    symbols = [stock.symbol for stock in stocks]
    if "bySource" in names_in_operation(info):  # all then, so that what is asked twice is read once
        found = info.context.loader(SentimentBySymbol).load_segment((span, source), symbols)
        return published(stocks, found, lambda _, totals: [summary(span, one) for one in totals])
    sums = info.context.loader(SentimentSumBySymbol).load_segment((span, source), symbols)
    return published(stocks, sums, lambda _, totals: [Summary(span, [], one) for one in totals])


def _trends(
    stocks: Sequence[StockRow],
    info: Info,
    timeframe: TimeframeArgument = Timeframe.DAY,
    rank_by: RankBy = TrendingRank.MENTIONS,
    min_mentions: MinMentions = 5,
) -> Column:
    """Find each in the ranking that `trending` shows."""
    chosen = selection(timeframe, rank_by, min_mentions)
    rankings = info.context.loader(RankingBySelection).load_segment(chosen, [None] * len(stocks))
    return published(stocks, rankings, _trend)


def _trend(stocks: Sequence[StockRow], rankings: Sequence[Ranking | None]) -> list[Any]:
    pairs = zip(stocks, rankings, strict=True)
    return [None if ranking is None else ranking.of(stock.symbol) for stock, ranking in pairs]


def _correlations(stocks: Sequence[StockRow], info: Info, days: Days = 30, max_lag_days: MaxLagDays = 3) -> Column:
    """Correlate the days that end today."""
    segment = (
        within("days", days, *CORRELATION_DAYS),
        within("maxLagDays", max_lag_days, *CORRELATION_LAGS),
        info.context.now,
    )
    return info.context.loader(CorrelationBySymbol).load_segment(segment, [stock.symbol for stock in stocks])


@strawberry.type(description="A listed stock.")
class Stock(Node):
    """Reads a StockRow. Symbols are canonical: upper case, share classes with a dot (BRK.B)."""

    id: strawberry.ID = global_ids("Stock", _identity)
    symbol: str = strawberry.field(description="The symbol, canonical: BRK.B, not BRK-B.")
    name: str = strawberry.field(description="The company's or fund's name.")
    exchange: str | None = strawberry.field(description="Where it is listed.")
    sector: str | None = strawberry.field(description="Its GICS sector.")
    industry: str | None = strawberry.field(description="Its industry within the sector.")
    market_cap: BigInt | None = strawberry.field(description="Market capitalisation in dollars.")
    simulated: bool = strawberry.field(description="Whether the listing is made up for demonstration.")

    quote: Quote | None = batched(
        _quotes, description="Its newest price; null without any.", directives=[Budget(p90_ms=50)]
    )
    prices: Connection[Candle] | None = batched(
        stock_pages.prices,
        description="Its candles, oldest first.",
        directives=[SERIES_PAGE, Budget(p90_ms=100)],
    )
    price_series: PriceSeries | None = batched(
        stock_pages.price_series,
        description="Its candles column by column, for charts; a range with too many is refused, never cut.",
        directives=[DEAR, Budget(p90_ms=150)],
    )
    sentiment: SentimentSummary | None = batched(
        _sentiment, description="What the crowd said of it in a window.", directives=[Budget(p90_ms=50)]
    )
    sentiment_points: Connection[SentimentPoint] | None = batched(
        stock_pages.sentiment_points,
        description="Its sentiment over time, oldest first.",
        directives=[SERIES_PAGE, Budget(p90_ms=100)],
    )
    mentions: Connection[Mention] | None = batched(
        stock_pages.mentions,
        description="The posts that speak of it, newest first.",
        directives=[PAGE, Budget(p90_ms=100)],
    )
    trend: TrendingStock | None = batched(
        _trends,
        description="Its entry in the trending snapshot; null when it has none.",
        directives=[Budget(p90_ms=100)],
    )
    correlation: Correlation | None = batched(
        _correlations,
        description="Whether talk and mood moved with its price.",
        directives=[DEAR, Budget(p90_ms=150)],
    )
    updated_at: datetime | None = batched(
        updated_at,
        description=(
            "When the newest of its data happened: the time of its quote or of its newest mention, whichever is later; "
            "null without either. Not when it was stored."
        ),
        directives=[Budget(p90_ms=100)],
    )
    is_type_of = staticmethod(reading(StockRow))
