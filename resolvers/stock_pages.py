"""The pages that hang on stocks: candles, sentiment points and mentions; one load for all stocks that ask alike."""

from collections.abc import Sequence
from typing import Any

from loaders.base import Loader
from loaders.candle_page_by_symbol import CandleCountBySymbol, CandlePageBySymbol
from loaders.candle_series_by_symbol import CandleSeriesBySymbol
from loaders.mention_page_by_symbol import BriefMentionPageBySymbol, MentionCountBySymbol, MentionPageBySymbol
from loaders.point_page_by_symbol import PointCountBySymbol, PointPageBySymbol
from resolvers import candle, mention, sentiment_point
from resolvers.argument_types import After, Before, CandleBucket, During, FillGaps, First, Last, OneSource, PointBucket
from resolvers.arguments import page_request, window
from resolvers.batched import Column, published
from resolvers.candle import PriceSeries
from resolvers.connection import ListedPage, Listing
from resolvers.enums import BucketSize
from resolvers.filters import StockMentionFilter, StockMentionFilterArgument
from resolvers.info import Info
from resolvers.selected import names_below
from storage.paging import PageRequest
from storage.rows import StockRow


def prices(
    stocks: Sequence[StockRow],
    info: Info,
    bucket: CandleBucket = BucketSize.DAY,
    during: During = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Column:
    """Load one page of candles of each stock."""
    ordering = f"candles by {bucket.name}"
    request = page_request(info, ordering, first, after, last, before, series=True)
    listing = Listing(ordering, candle.position, CandleCountBySymbol, (bucket, window(during)))
    return _pages(stocks, info, listing, CandlePageBySymbol, request)


def price_series(
    stocks: Sequence[StockRow], info: Info, bucket: CandleBucket = BucketSize.DAY, during: During = None
) -> Column:
    """Load all candles of each stock."""
    symbols = [stock.symbol for stock in stocks]
    rows = info.context.loader(CandleSeriesBySymbol).load_segment((bucket, window(during)), symbols)
    return published(stocks, rows, lambda _, series: list(map(PriceSeries.of, series)))


def sentiment_points(
    stocks: Sequence[StockRow],
    info: Info,
    bucket: PointBucket = BucketSize.HOUR,
    during: During = None,
    source: OneSource = None,
    fill_gaps: FillGaps = False,  # noqa: FBT002 - GraphQL arguments have names
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Column:
    """Load one page of points of each stock."""
    ordering = f"points by {bucket.name}"
    request = page_request(info, ordering, first, after, last, before, series=True)
    counted = (bucket, window(during), source, fill_gaps)
    listing = Listing(ordering, sentiment_point.position, PointCountBySymbol, counted)
    return _pages(stocks, info, listing, PointPageBySymbol, request)


def mentions(
    stocks: Sequence[StockRow],
    info: Info,
    filter: StockMentionFilterArgument = None,  # noqa: A002 - the API's word
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Column:
    """Load one page of mentions of each stock."""
    asked = names_below(info)
    request = page_request(info, "mentions", first, after, last, before, peek="pageInfo" in asked)
    chosen = (filter or StockMentionFilter()).row(info)
    listing = Listing("mentions", mention.position, MentionCountBySymbol, (chosen,))
    loader = MentionPageBySymbol if asked.keys() & mention.DETAILS else BriefMentionPageBySymbol
    return _pages(stocks, info, listing, loader, request)


def _pages(
    stocks: Sequence[StockRow],
    info: Info,
    listing: Listing,
    loader: type[Loader[Any, Any, str, Any]],
    request: PageRequest,
) -> Column:
    """Load the page of each stock; its segment is that of its count, and the page asked for."""
    symbols = [stock.symbol for stock in stocks]
    pages = info.context.loader(loader).load_segment((*listing.counted, request), symbols)
    return published(
        stocks,
        pages,
        lambda asked, found: [ListedPage(listing, one.symbol, page) for one, page in zip(asked, found, strict=True)],
    )
