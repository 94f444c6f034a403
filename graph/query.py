"""The root fields: a one-page index of the API. How each resolves stands in graph/root_columns.py."""

import strawberry

from graph import root_columns
from resolvers.batched import batched
from resolvers.connection import Connection
from resolvers.directives import Budget, CacheControl, ListSize
from resolvers.enums import Feed
from resolvers.freshness import FeedFreshness
from resolvers.mention import Mention
from resolvers.node import Node
from resolvers.sentiment import SectorSentiment
from resolvers.sentiment_point import SentimentPoint
from resolvers.sizes import HEAVY, PAGE, SERIES_PAGE
from resolvers.stock import Stock
from resolvers.stock_match import StockMatch
from resolvers.trending import TrendingSnapshot

MINUTE = CacheControl(max_age=60)
SECTORS = ListSize(assumed_size=11, require_one_slicing_argument=False)  # GICS has eleven sectors
FEEDS = ListSize(assumed_size=len(Feed), require_one_slicing_argument=False)
FIRST = ListSize(slicing_arguments=["first"], require_one_slicing_argument=False)
LEADERS = ListSize(slicing_arguments=["first"], sized_fields=["entries"], require_one_slicing_argument=False)
IDS = ListSize(slicing_arguments=["ids"], require_one_slicing_argument=False)
SYMBOLS = ListSize(slicing_arguments=["symbols"], require_one_slicing_argument=False)


@strawberry.type(description="Where every query starts.")
class Query:
    """Fields that do their own I/O are nullable: when a source fails, the rest of the answer stands."""

    node: Node | None = batched(
        root_columns.node,
        description="The object with this id; null when it is gone.",
        directives=[MINUTE, Budget(p90_ms=50)],
    )
    nodes: list[Node | None] | None = batched(
        root_columns.nodes,
        description="The objects with these ids, in their order; null where one is gone.",
        directives=[IDS, MINUTE, Budget(p90_ms=100)],
    )
    stock: Stock | None = batched(
        root_columns.stock,
        description="The stock with this symbol; null when unknown.",
        directives=[MINUTE, Budget(p90_ms=50)],
    )
    stocks_by_symbol: list[Stock | None] | None = batched(
        root_columns.stocks_by_symbol,
        description=(
            "The stocks with these symbols, in their order; null where one is unknown, with the error UNKNOWN_SYMBOL "
            "at its place."
        ),
        directives=[SYMBOLS, MINUTE, Budget(p90_ms=100)],
    )
    stocks: Connection[Stock] | None = batched(
        root_columns.stocks,
        description="Stocks, filtered and ordered.",
        directives=[PAGE, MINUTE, Budget(p90_ms=100)],
    )
    search_stocks: list[StockMatch] | None = batched(
        root_columns.search_stocks,
        description="Stocks that a text may mean: by symbol, then by name, slips in typing forgiven.",
        directives=[FIRST, MINUTE, Budget(p90_ms=100)],
    )
    sentiment_points: Connection[SentimentPoint] | None = batched(
        root_columns.sentiment_points,
        description="Sentiment over time of several stocks, ordered by time and then symbol.",
        directives=[SERIES_PAGE, MINUTE, Budget(p90_ms=150)],
    )
    mentions: Connection[Mention] | None = batched(
        root_columns.mentions,
        description="Posts about stocks, newest first.",
        directives=[PAGE, MINUTE, Budget(p90_ms=150)],
    )
    trending: TrendingSnapshot | None = batched(
        root_columns.trending,
        description="Who is talked about most.",
        directives=[LEADERS, HEAVY, MINUTE, Budget(p90_ms=100)],
    )
    sectors: list[SectorSentiment] | None = batched(
        root_columns.sectors,
        description="What the crowd said of each sector.",
        directives=[SECTORS, HEAVY, MINUTE, Budget(p90_ms=150)],
    )
    freshness: list[FeedFreshness] | None = batched(
        root_columns.freshness, description="How fresh each feed is.", directives=[FEEDS, Budget(p90_ms=50)]
    )
