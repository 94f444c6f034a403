"""How root fields resolve: each checks its arguments, asks one loader, and publishes the answer.

The root is one object, so each column holds one value.
"""

from asyncio import gather
from collections.abc import Awaitable, Sequence
from typing import Annotated, Any

import strawberry

from loaders.base import Loader
from loaders.feeds_by_instant import FeedsByInstant
from loaders.leaders_by_selection import LeadersBySelection, LeadersKey
from loaders.mention_page_by_filter import MentionCountByFilter, MentionPageByFilter, MentionPageKey
from loaders.point_page_by_symbols import PointCountBySymbols, PointPageBySymbols, PointPageKey, PointsKey
from loaders.ranking import Leaders
from loaders.ranking_by_selection import RankingBySelection
from loaders.sectors_by_window import SectorsByWindow
from loaders.stock_by_symbol import StockBySymbol
from loaders.stock_matches_by_text import StockMatchesByText, StockMatchesKey
from loaders.stock_page_by_filter import StockCountByFilter, StockPageByFilter, StockPageKey
from resolvers import mention, sentiment_point, stock_order
from resolvers.argument_types import (
    After,
    Before,
    During,
    First,
    Last,
    MinMentions,
    PointBucket,
    RankBy,
    TimeframeArgument,
)
from resolvers.arguments import known, no_such_stock, page_request, plain_text, window, within
from resolvers.batched import Column, published, settled
from resolvers.connection import ListedPage, Listing
from resolvers.enums import BucketSize, Feed, Timeframe, TrendingRank
from resolvers.filters import MentionFilter, MentionFilterArgument, StockFilter, StockFilterArgument
from resolvers.freshness import FeedFreshness
from resolvers.info import Info
from resolvers.lookup import found
from resolvers.selected import names_below, names_in_operation
from resolvers.sentiment import SectorSummary
from resolvers.stock_order import BY_SYMBOL, OrderBy
from resolvers.trending import selection
from resolvers.windows import back_from
from storage.rows import FeedRow, SectorTotals, StockRow
from storage.symbols import canonical, canonicals

Id = Annotated[strawberry.ID, strawberry.argument(description="A global id, from some object's `id`.")]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="Global ids.")]
Symbol = Annotated[str, strawberry.argument(description="The symbol, whatever its case; BRK.B, BRK-B, BRK/B are one.")]
Symbols = Annotated[list[str], strawberry.argument(description="Symbols; each must exist.")]
SymbolsWanted = Annotated[
    list[str], strawberry.argument(description="Symbols, whatever their case, at most 250; one may be given twice.")
]
Text = Annotated[str, strawberry.argument(description="A symbol, a name, or part of one.")]
Matches = Annotated[int, strawberry.argument(description="At most so many matches, best first.")]
Leading = Annotated[int, strawberry.argument(description="How many entries from the top.")]
Root = Sequence[Any]


async def node(_: Root, info: Info, id: Id) -> list[Any]:  # noqa: A002 - the API's word
    """Open the id and load what it names."""
    return await found(info, [id])


async def nodes(_: Root, info: Info, ids: Ids) -> list[Any]:
    """Open all ids and load together what they name; one that fails is an error in its own place."""
    return [await found(info, ids)]


def stock(_: Root, info: Info, symbol: Symbol) -> Column:
    """Load it by canonical symbol."""
    form = canonical(symbol)
    return [None] if form is None else info.context.loader(StockBySymbol).load_segment((), (form,))


async def stocks_by_symbol(_: Root, info: Info, symbols: SymbolsWanted) -> list[Any]:
    """Load them together by canonical symbol; one that is unknown is an error in its own place."""
    forms = [canonical(symbol) for symbol in symbols]
    column = info.context.loader(StockBySymbol).load_segment((), [form for form in forms if form is not None])
    rows = iter(await settled(column))
    found = [None if form is None else next(rows) for form in forms]
    for row in found:
        if isinstance(row, Exception):
            raise row  # the statement failed, and so does the field: once, and not in each place
    return [[no_such_stock(symbol) if row is None else row for symbol, row in zip(symbols, found, strict=True)]]


def stocks(
    _: Root,
    info: Info,
    filter: StockFilterArgument = None,  # noqa: A002 - the API's word
    order_by: OrderBy = BY_SYMBOL,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Column:
    """Load one page."""
    chosen = filter or StockFilter()
    row, field, direction = chosen.row(), order_by.field, order_by.direction
    ordering = f"stocks by {field.name} {direction.name}"
    request = page_request(info, ordering, first, after, last, before)
    listing = Listing(ordering, stock_order.positions(field), StockCountByFilter, row)
    key = StockPageKey(row, field, direction, request)
    pages = _page(info, listing, StockPageByFilter, key)
    if isinstance(pages, list):
        return _known_on(pages, info, chosen.symbols or ())
    return _known_later(pages, info, chosen.symbols or ())


async def search_stocks(_: Root, info: Info, text: Text, first: Matches = 10) -> list[Any]:
    """Search."""
    limits = info.context.settings.limits
    wanted = plain_text("text", text, limits.search_characters)
    within("first", first, 1, limits.page)
    (matches,) = await info.context.loader(StockMatchesByText).load_column([StockMatchesKey(wanted, first)])
    if not isinstance(matches, Exception):
        _remember(info, [match.stock for match in matches])
    return [matches]


def sentiment_points(
    _: Root,
    info: Info,
    symbols: Symbols,
    bucket: PointBucket = BucketSize.HOUR,
    during: During = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Column:
    """Load one page."""
    ordering = f"points of stocks by {bucket.name}"
    request = page_request(info, ordering, first, after, last, before, series=True)
    points = PointsKey(canonicals(symbols), bucket, window(during))
    listing = Listing(ordering, sentiment_point.position_across, PointCountBySymbols, points)
    return _page(info, listing, PointPageBySymbols, PointPageKey(points, request), symbols)


def mentions(
    _: Root,
    info: Info,
    filter: MentionFilterArgument = None,  # noqa: A002 - the API's word
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Column:
    """Load one page."""
    chosen = filter or MentionFilter()
    request = page_request(info, "mentions", first, after, last, before)
    row = chosen.row(info, None if chosen.symbols is None else canonicals(chosen.symbols))
    listing = Listing("mentions", mention.position, MentionCountByFilter, row)
    return _page(info, listing, MentionPageByFilter, MentionPageKey(row, request), chosen.symbols or ())


def trending(
    root: Root,
    info: Info,
    timeframe: TimeframeArgument = Timeframe.DAY,
    rank_by: RankBy = TrendingRank.MENTIONS,
    min_mentions: MinMentions = 5,
    first: Leading = 20,
) -> Column:
    """Rank the newest snapshot: in the database, unless an operation shows more of it, which must be of the same."""
    chosen = selection(timeframe, rank_by, min_mentions)
    within("first", first, 1, info.context.settings.limits.page)
    named = names_in_operation(info)
    if named["trending"] == 1 and "trend" not in named:
        key = LeadersKey(chosen, first, "stock" in names_below(info))
        return info.context.loader(LeadersBySelection).load_segment(key, (None,))
    rankings = info.context.loader(RankingBySelection).load_segment(chosen, (None,))
    return published(
        root, rankings, lambda _, found: [None if ranking is None else Leaders(ranking, first) for ranking in found]
    )


def sectors(root: Root, info: Info, timeframe: TimeframeArgument = Timeframe.DAY) -> Column:
    """Load the totals of all sectors."""
    span = back_from(info.context.now, timeframe)
    totals = info.context.loader(SectorsByWindow).load_segment(span, (None,))

    def sums(_: Root, found: Sequence[list[SectorTotals]]) -> list[Any]:
        return [[SectorSummary(span, row.sector, row.stock_count, row.totals) for row in rows] for rows in found]

    return published(root, totals, sums)


def freshness(root: Root, info: Info) -> Column:
    """Judge every feed, also those that never brought anything."""
    now, limit = info.context.now, info.context.settings.stalled_after
    newest = info.context.loader(FeedsByInstant).load_segment(now, (None,))

    def judge(_: Root, found: Sequence[list[FeedRow]]) -> list[Any]:
        newest_of = [{row.feed: row for row in rows} for rows in found]
        return [[FeedFreshness.of(feed, of.get(feed), now, limit) for feed in Feed] for of in newest_of]

    return published(root, newest, judge)


def _remember(info: Info, rows: list[StockRow]) -> None:
    """Let the rows of a list also answer `StockBySymbol`, wherever the list came from."""
    info.context.loader(StockBySymbol).remember((), {row.symbol: row for row in rows})


def _known_on(pages: list[Any], info: Info, symbols: Sequence[str]) -> Column:
    """Refuse a page of stocks chosen by symbols that do not exist; those that it shows need no look."""
    rows = [row for page in pages if isinstance(page, ListedPage) for row in page.nodes]
    _remember(info, rows)
    if not symbols:
        return pages
    shown = {row.symbol for row in rows}
    return _guarded(
        pages, info, [symbol for symbol in symbols if symbol not in shown and canonical(symbol) not in shown]
    )


async def _known_later(pages: Awaitable[list[Any]], info: Info, symbols: Sequence[str]) -> list[Any]:
    return await settled(_known_on(await pages, info, symbols))


def _page(
    info: Info, listing: Listing, loader: type[Loader[Any, Any, None, Any]], key: Any, symbols: Sequence[str] = ()
) -> Column:
    """Load a page, and refuse it where the symbols by which it was chosen are not all known."""
    column = info.context.loader(loader).load_segment(key, (None,))
    pages = published((None,), column, lambda _, found: [ListedPage(listing, None, page) for page in found])
    return _guarded(pages, info, symbols)


def _guarded(pages: Column, info: Info, symbols: Sequence[str]) -> Column:
    return _guarded_later(pages, known(info, symbols)) if symbols else pages


async def _guarded_later(pages: Column, check: Awaitable[None]) -> list[Any]:
    found: list[Any] = (await gather(settled(pages), check))[0]
    return found
