"""A stock, and everything that hangs on it."""

from typing import Annotated, Self

import strawberry

from loaders.candle_page_by_symbol import CandleCountBySymbol, CandleCountKey, CandlePageBySymbol, CandlePageKey
from loaders.candle_series_by_symbol import CandleSeriesBySymbol, CandleSeriesKey
from loaders.correlation_by_symbol import CorrelationBySymbol, CorrelationKey
from loaders.mention_page_by_symbol import MentionCountBySymbol, MentionCountKey, MentionPageBySymbol, MentionPageKey
from loaders.point_page_by_symbol import PointCountBySymbol, PointCountKey, PointPageBySymbol, PointPageKey
from loaders.quote_by_symbol import QuoteBySymbol
from loaders.ranking_by_selection import RankingBySelection
from loaders.sentiment_by_symbol import SentimentBySymbol, SentimentKey
from loaders.stock_by_symbol import StockBySymbol
from resolvers import candle, mention, sentiment_point
from resolvers.arguments import After, Before, During, First, Last, page_request, window, within
from resolvers.candle import Candle, PriceSeries
from resolvers.connection import Connection
from resolvers.correlation import Correlation
from resolvers.directives import Budget
from resolvers.enums import BucketSize, Source, Timeframe, TrendingRank
from resolvers.filters import StockMentionFilter, StockMentionFilterArgument
from resolvers.info import Info
from resolvers.mention import Mention
from resolvers.node import Node
from resolvers.quote import Quote
from resolvers.scalars import BigInt
from resolvers.sentiment import SentimentSummary
from resolvers.sentiment_point import SentimentPoint
from resolvers.sizes import DEAR, PAGE, SERIES_PAGE
from resolvers.trending import TrendingStock, selection
from resolvers.windows import back_from
from storage.paging import Position
from storage.rows import StockRow

TimeframeArgument = Annotated[Timeframe, strawberry.argument(description="How far back the window reaches.")]
CandleBucket = Annotated[BucketSize, strawberry.argument(description="Width of a candle.")]
PointBucket = Annotated[BucketSize, strawberry.argument(description="Width of a point.")]
OneSource = Annotated[Source | None, strawberry.argument(description="One source only; all when absent.")]
RankBy = Annotated[TrendingRank, strawberry.argument(description="What ranks are by.")]
MinMentions = Annotated[int, strawberry.argument(description="Leave out stocks with fewer mentions.")]

CORRELATION_DAYS = (10, 365)
CORRELATION_LAGS = (0, 10)


@strawberry.type(description="A listed stock.")
class Stock(Node):
    """Symbols are canonical: upper case, share classes with a dot (BRK.B)."""

    symbol: str = strawberry.field(description="The symbol, canonical: BRK.B, not BRK-B.")
    name: str = strawberry.field(description="The company's or fund's name.")
    exchange: str | None = strawberry.field(description="Where it is listed.")
    sector: str | None = strawberry.field(description="Its GICS sector.")
    industry: str | None = strawberry.field(description="Its industry within the sector.")
    market_cap: BigInt | None = strawberry.field(description="Market capitalisation in dollars.")
    simulated: bool = strawberry.field(description="Whether the listing is made up for demonstration.")

    def identity(self) -> Position:
        """Return the symbol."""
        return (self.symbol,)

    @classmethod
    def of(cls, row: StockRow) -> Self:
        """Publish a stock."""
        return cls(
            symbol=row.symbol,
            name=row.name,
            exchange=row.exchange,
            sector=row.sector,
            industry=row.industry,
            market_cap=None if row.market_cap is None else BigInt(row.market_cap),
            simulated=row.simulated,
        )

    @strawberry.field(description="Its newest price; null without any.", directives=[Budget(p90_ms=50)])
    async def quote(self, info: Info) -> Quote | None:
        """Load it."""
        row = await info.context.loader(QuoteBySymbol).load(self.symbol)
        return Quote.of(row) if row is not None else None

    @strawberry.field(description="Its candles, oldest first.", directives=[SERIES_PAGE, Budget(p90_ms=100)])
    async def prices(
        self,
        info: Info,
        bucket: CandleBucket = BucketSize.DAY,
        during: During = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Candle] | None:
        """Load one page."""
        span, ordering = window(during), f"candles by {bucket.name}"
        request = page_request(info, ordering, first, after, last, before, series=True)
        key = CandlePageKey(self.symbol, bucket, span, request)
        counts, count = info.context.loader(CandleCountBySymbol), CandleCountKey(self.symbol, bucket, span)
        page = await info.context.loader(CandlePageBySymbol).load(key)
        return Connection[Candle](
            page=page, ordering=ordering, make=Candle.of, position=candle.position, count=lambda: counts.load(count)
        )

    @strawberry.field(
        description="Its candles column by column, for charts; a range with too many is refused, never cut.",
        directives=[DEAR, Budget(p90_ms=150)],
    )
    async def price_series(
        self, info: Info, bucket: CandleBucket = BucketSize.DAY, during: During = None
    ) -> PriceSeries | None:
        """Load them all."""
        key = CandleSeriesKey(self.symbol, bucket, window(during))
        return PriceSeries.of(await info.context.loader(CandleSeriesBySymbol).load(key))

    @strawberry.field(description="What the crowd said of it in a window.", directives=[Budget(p90_ms=50)])
    async def sentiment(
        self, info: Info, timeframe: TimeframeArgument = Timeframe.DAY, source: OneSource = None
    ) -> SentimentSummary | None:
        """Load the totals of the window that ends at the request's instant."""
        span = back_from(info.context.now, timeframe)
        rows = await info.context.loader(SentimentBySymbol).load(SentimentKey(self.symbol, span, source))
        return SentimentSummary.of(span, rows)

    @strawberry.field(
        description="Its sentiment over time, oldest first.", directives=[SERIES_PAGE, Budget(p90_ms=100)]
    )
    async def sentiment_points(
        self,
        info: Info,
        bucket: PointBucket = BucketSize.HOUR,
        during: During = None,
        source: OneSource = None,
        fill_gaps: Annotated[bool, strawberry.argument(description="Also give buckets without mentions.")] = False,  # noqa: FBT002 - GraphQL arguments have names
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[SentimentPoint] | None:
        """Load one page."""
        span, ordering = window(during), f"points by {bucket.name}"
        request = page_request(info, ordering, first, after, last, before, series=True)
        count = PointCountKey(self.symbol, bucket, span, source, fill_gaps)
        counts = info.context.loader(PointCountBySymbol)
        page = await info.context.loader(PointPageBySymbol).load(PointPageKey(*count, request))
        return Connection[SentimentPoint](
            page=page,
            ordering=ordering,
            make=SentimentPoint.of,
            position=sentiment_point.position,
            count=lambda: counts.load(count),
        )

    @strawberry.field(description="The posts that speak of it, newest first.", directives=[PAGE, Budget(p90_ms=100)])
    async def mentions(
        self,
        info: Info,
        filter: StockMentionFilterArgument = None,  # noqa: A002 - the API's word
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Mention] | None:
        """Load one page."""
        ordering = "mentions"
        request = page_request(info, ordering, first, after, last, before)
        chosen = (filter or StockMentionFilter()).row(info)
        counts, count = info.context.loader(MentionCountBySymbol), MentionCountKey(self.symbol, chosen)
        page = await info.context.loader(MentionPageBySymbol).load(MentionPageKey(self.symbol, chosen, request))
        return Connection[Mention](
            page=page, ordering=ordering, make=Mention.of, position=mention.position, count=lambda: counts.load(count)
        )

    @strawberry.field(description="Its entry in the trending snapshot; null when it has none.")
    async def trend(
        self,
        info: Info,
        timeframe: TimeframeArgument = Timeframe.DAY,
        rank_by: RankBy = TrendingRank.MENTIONS,
        min_mentions: MinMentions = 5,
    ) -> TrendingStock | None:
        """Find it in the ranking that `trending` shows."""
        ranking = await info.context.loader(RankingBySelection).load(selection(timeframe, rank_by, min_mentions))
        entry = ranking.by_symbol.get(self.symbol) if ranking is not None else None
        return TrendingStock.of(entry) if entry is not None else None

    @strawberry.field(description="Whether talk and mood moved with its price.", directives=[DEAR])
    async def correlation(
        self,
        info: Info,
        days: Annotated[int, strawberry.argument(description="Days back, from 10 to 365.")] = 30,
        max_lag_days: Annotated[int, strawberry.argument(description="Largest lag either way, from 0 to 10.")] = 3,
    ) -> Correlation | None:
        """Correlate the days that end today."""
        key = CorrelationKey(
            self.symbol,
            within("days", days, *CORRELATION_DAYS),
            within("maxLagDays", max_lag_days, *CORRELATION_LAGS),
            info.context.now,
        )
        return Correlation.of(await info.context.loader(CorrelationBySymbol).load(key))


async def stock_named(info: Info, symbol: str | None) -> Stock | None:
    """Find a stock by canonical symbol; None stays None."""
    if symbol is None:
        return None
    row = await info.context.loader(StockBySymbol).load(symbol)
    return Stock.of(row) if row is not None else None
