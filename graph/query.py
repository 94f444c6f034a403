"""The root fields: a one-page index of the API. Each checks its arguments, asks one loader, publishes the answer."""

from asyncio import gather
from typing import Annotated, cast

import strawberry

from loaders.feeds_by_instant import FeedsByInstant
from loaders.mention_page_by_filter import MentionCountByFilter, MentionPageByFilter, MentionPageKey
from loaders.point_page_by_symbols import PointCountBySymbols, PointPageBySymbols, PointPageKey, PointsKey
from loaders.ranking_by_selection import RankingBySelection
from loaders.sectors_by_window import SectorsByWindow
from loaders.stock_matches_by_text import StockMatchesByText, StockMatchesKey
from loaders.stock_page_by_filter import StockCountByFilter, StockPageByFilter, StockPageKey
from resolvers import mention, sentiment_point, stock_order
from resolvers.arguments import (
    After,
    Before,
    During,
    First,
    Last,
    canonicals,
    known,
    page_request,
    plain_text,
    window,
    within,
)
from resolvers.connection import Connection
from resolvers.directives import Budget, CacheControl, ListSize
from resolvers.enums import BucketSize, Feed, Timeframe, TrendingRank
from resolvers.filters import MentionFilter, MentionFilterArgument, StockFilter, StockFilterArgument
from resolvers.freshness import FeedFreshness
from resolvers.info import Info
from resolvers.lookup import find
from resolvers.mention import Mention
from resolvers.node import Node
from resolvers.sentiment import SectorSentiment
from resolvers.sentiment_point import SentimentPoint
from resolvers.sizes import HEAVY, PAGE, SERIES_PAGE
from resolvers.stock import MinMentions, PointBucket, RankBy, Stock, TimeframeArgument, stock_named
from resolvers.stock_match import StockMatch
from resolvers.stock_order import BY_SYMBOL, OrderBy
from resolvers.trending import TrendingSnapshot, selection
from resolvers.windows import back_from
from storage.symbols import canonical

MINUTE = CacheControl(max_age=60)
SECTORS = ListSize(assumed_size=11, require_one_slicing_argument=False)  # GICS has eleven sectors
FEEDS = ListSize(assumed_size=len(Feed), require_one_slicing_argument=False)
FIRST = ListSize(slicing_arguments=["first"], require_one_slicing_argument=False)
LEADERS = ListSize(slicing_arguments=["first"], sized_fields=["entries"], require_one_slicing_argument=False)
IDS = ListSize(slicing_arguments=["ids"], require_one_slicing_argument=False)

Id = Annotated[strawberry.ID, strawberry.argument(description="A global id, from some object's `id`.")]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="Global ids.")]
Symbol = Annotated[str, strawberry.argument(description="The symbol, whatever its case; BRK.B, BRK-B, BRK/B are one.")]
Symbols = Annotated[list[str], strawberry.argument(description="Symbols; each must exist.")]
Text = Annotated[str, strawberry.argument(description="A symbol, a name, or part of one.")]
Matches = Annotated[int, strawberry.argument(description="At most so many matches, best first.")]
Leaders = Annotated[int, strawberry.argument(description="How many entries from the top.")]


@strawberry.type(description="Where every query starts.")
class Query:
    """Fields that do their own I/O are nullable: when a source fails, the rest of the answer stands."""

    @strawberry.field(description="The object with this id; null when it is gone.", directives=[MINUTE])
    async def node(self, info: Info, id: Id) -> Node | None:  # noqa: A002 - the API's word
        """Open the id and load what it names."""
        return await find(info, id)

    @strawberry.field(
        description="The objects with these ids, in their order; null where one is gone.", directives=[IDS, MINUTE]
    )
    async def nodes(self, info: Info, ids: Ids) -> list[Node | None] | None:
        """Open all ids and load together what they name; one that fails is an error in its own place."""
        found = await gather(*(find(info, one) for one in ids), return_exceptions=True)
        return cast("list[Node | None]", found)  # the executor raises an exception that stands in a list at its item

    @strawberry.field(
        description="The stock with this symbol; null when unknown.", directives=[MINUTE, Budget(p90_ms=50)]
    )
    async def stock(self, info: Info, symbol: Symbol) -> Stock | None:
        """Load it by canonical symbol."""
        return await stock_named(info, canonical(symbol))

    @strawberry.field(description="Stocks, filtered and ordered.", directives=[PAGE, MINUTE, Budget(p90_ms=100)])
    async def stocks(
        self,
        info: Info,
        filter: StockFilterArgument = None,  # noqa: A002 - the API's word
        order_by: OrderBy = BY_SYMBOL,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Stock] | None:
        """Load one page."""
        chosen = filter or StockFilter()
        row, field, direction = chosen.row(), order_by.field, order_by.direction
        ordering = f"stocks by {field.name} {direction.name}"
        request = page_request(info, ordering, first, after, last, before)
        counts = info.context.loader(StockCountByFilter)
        page, _ = await gather(
            info.context.loader(StockPageByFilter).load(StockPageKey(row, field, direction, request)),
            known(info, chosen.symbols or ()),
        )
        return Connection[Stock](
            page=page,
            ordering=ordering,
            make=Stock.of,
            position=stock_order.positions(field),
            count=lambda: counts.load(row),
        )

    @strawberry.field(
        description="Stocks that a text may mean: by symbol, then by name, slips in typing forgiven.",
        directives=[FIRST, MINUTE, Budget(p90_ms=100)],
    )
    async def search_stocks(self, info: Info, text: Text, first: Matches = 10) -> list[StockMatch] | None:
        """Search."""
        limits = info.context.settings.limits
        wanted = plain_text("text", text, limits.search_characters)
        within("first", first, 1, limits.page)
        rows = await info.context.loader(StockMatchesByText).load(StockMatchesKey(wanted, first))
        return [StockMatch.of(row) for row in rows]

    @strawberry.field(
        description="Sentiment over time of several stocks, ordered by time and then symbol.",
        directives=[SERIES_PAGE, MINUTE, Budget(p90_ms=150)],
    )
    async def sentiment_points(
        self,
        info: Info,
        symbols: Symbols,
        bucket: PointBucket = BucketSize.HOUR,
        during: During = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[SentimentPoint] | None:
        """Load one page."""
        ordering = f"points of stocks by {bucket.name}"
        request = page_request(info, ordering, first, after, last, before, series=True)
        points = PointsKey(canonicals(symbols), bucket, window(during))
        counts = info.context.loader(PointCountBySymbols)
        page, _ = await gather(
            info.context.loader(PointPageBySymbols).load(PointPageKey(points, request)), known(info, symbols)
        )
        return Connection[SentimentPoint](
            page=page,
            ordering=ordering,
            make=SentimentPoint.of,
            position=sentiment_point.position_across,
            count=lambda: counts.load(points),
        )

    @strawberry.field(description="Posts about stocks, newest first.", directives=[PAGE, MINUTE, Budget(p90_ms=150)])
    async def mentions(
        self,
        info: Info,
        filter: MentionFilterArgument = None,  # noqa: A002 - the API's word
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Mention] | None:
        """Load one page."""
        chosen, ordering = filter or MentionFilter(), "mentions"
        request = page_request(info, ordering, first, after, last, before)
        row = chosen.row(info, None if chosen.symbols is None else canonicals(chosen.symbols))
        counts = info.context.loader(MentionCountByFilter)
        page, _ = await gather(
            info.context.loader(MentionPageByFilter).load(MentionPageKey(row, request)),
            known(info, chosen.symbols or ()),
        )
        return Connection[Mention](
            page=page, ordering=ordering, make=Mention.of, position=mention.position, count=lambda: counts.load(row)
        )

    @strawberry.field(description="Who is talked about most.", directives=[LEADERS, HEAVY, MINUTE, Budget(p90_ms=100)])
    async def trending(
        self,
        info: Info,
        timeframe: TimeframeArgument = Timeframe.DAY,
        rank_by: RankBy = TrendingRank.MENTIONS,
        min_mentions: MinMentions = 5,
        first: Leaders = 20,
    ) -> TrendingSnapshot | None:
        """Rank the newest snapshot."""
        chosen = selection(timeframe, rank_by, min_mentions)
        within("first", first, 1, info.context.settings.limits.page)
        ranking = await info.context.loader(RankingBySelection).load(chosen)
        return TrendingSnapshot.of(ranking, first) if ranking is not None else None

    @strawberry.field(description="What the crowd said of each sector.", directives=[SECTORS, HEAVY, MINUTE])
    async def sectors(self, info: Info, timeframe: TimeframeArgument = Timeframe.DAY) -> list[SectorSentiment] | None:
        """Load the totals of all sectors."""
        span = back_from(info.context.now, timeframe)
        return [SectorSentiment.of(span, row) for row in await info.context.loader(SectorsByWindow).load(span)]

    @strawberry.field(description="How fresh each feed is.", directives=[FEEDS])
    async def freshness(self, info: Info) -> list[FeedFreshness] | None:
        """Judge every feed, also those that never brought anything."""
        now, limit = info.context.now, info.context.settings.stalled_after
        rows = {row.feed: row for row in await info.context.loader(FeedsByInstant).load(now)}
        return [FeedFreshness.of(feed, rows.get(feed), now, limit) for feed in Feed]
