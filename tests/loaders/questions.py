"""Keys for each loader: what a small market is asked before and after it is written."""

from datetime import datetime, timedelta
from typing import Any

from loaders.base import Loader
from loaders.candle_page_by_symbol import CandleCountBySymbol, CandleCountKey, CandlePageBySymbol, CandlePageKey
from loaders.candle_series_by_symbol import CandleSeriesBySymbol, CandleSeriesKey
from loaders.correlation_by_symbol import CorrelationBySymbol, CorrelationKey
from loaders.feeds_by_instant import FeedsByInstant
from loaders.leaders_by_selection import LeadersBySelection, LeadersKey
from loaders.mention_by_id import MentionById, MentionKey
from loaders.mention_page_by_filter import MentionCountByFilter, MentionPageByFilter
from loaders.mention_page_by_filter import MentionPageKey as FilteredPageKey
from loaders.mention_page_by_symbol import (
    BriefMentionPageBySymbol,
    MentionCountBySymbol,
    MentionCountKey,
    MentionPageBySymbol,
    MentionPageKey,
)
from loaders.point_page_by_symbol import PointCountBySymbol, PointCountKey, PointPageBySymbol, PointPageKey
from loaders.point_page_by_symbols import PointCountBySymbols, PointPageBySymbols, PointsKey
from loaders.point_page_by_symbols import PointPageKey as AcrossPageKey
from loaders.quote_by_symbol import QuoteBySymbol
from loaders.ranking_by_selection import RankingBySelection
from loaders.sectors_by_window import SectorsByWindow
from loaders.sentiment_by_symbol import SentimentBySymbol, SentimentKey, SentimentSumBySymbol
from loaders.snapshot_by_timeframe import SnapshotByTimeframe
from loaders.stock_by_symbol import StockBySymbol
from loaders.stock_matches_by_text import StockMatchesByText, StockMatchesKey
from loaders.stock_page_by_filter import StockCountByFilter, StockPageByFilter, StockPageKey
from storage.leaders import Selection
from storage.mentions import MentionFilter
from storage.paging import PageRequest
from storage.rows import Window
from storage.stocks import StockFilter
from storage.terms import BucketSize, Direction, StockOrderField, Timeframe, TrendingRank

SYMBOLS = ("AAPL", "MSFT", "SIM", "NONE")
PAGE = PageRequest(50)
RANKED = Selection(Timeframe.WEEK, TrendingRank.MENTIONS, 1)


def questions(now: datetime, posted: datetime) -> dict[type[Loader[Any, Any, Any, Any]], list[Any]]:
    """Return the keys by loader; every loader has some, of every stock where it answers for one."""
    hour, day = BucketSize.HOUR, BucketSize.DAY
    week = Window(now - timedelta(days=7), now)
    said = MentionFilter(during=week)
    points = PointsKey(SYMBOLS, hour, None)
    orders = [(field, way) for field in StockOrderField for way in Direction]
    listed = StockFilter(sectors=("Technology",))
    return {
        StockBySymbol: list(SYMBOLS),
        QuoteBySymbol: list(SYMBOLS),
        CandlePageBySymbol: [CandlePageKey(symbol, hour, None, PAGE) for symbol in SYMBOLS],
        CandleCountBySymbol: [CandleCountKey(symbol, day, week) for symbol in SYMBOLS],
        CandleSeriesBySymbol: [CandleSeriesKey(symbol, hour, week) for symbol in SYMBOLS],
        CorrelationBySymbol: [CorrelationKey(symbol, 30, 2, now) for symbol in SYMBOLS],
        MentionPageBySymbol: [MentionPageKey(symbol, said, PAGE) for symbol in SYMBOLS],
        BriefMentionPageBySymbol: [MentionPageKey(symbol, MentionFilter(), PAGE) for symbol in SYMBOLS],
        MentionCountBySymbol: [MentionCountKey(symbol, said) for symbol in SYMBOLS],
        MentionPageByFilter: [FilteredPageKey(MentionFilter(text="text"), PAGE), FilteredPageKey(said, PAGE)],
        MentionCountByFilter: [said, MentionFilter(simulated=True)],
        MentionById: [MentionKey(posted, number) for number in range(1, 9)],
        SentimentBySymbol: [SentimentKey(symbol, week, None) for symbol in SYMBOLS],
        SentimentSumBySymbol: [SentimentKey(symbol, week, None) for symbol in SYMBOLS],
        SectorsByWindow: [week],
        PointPageBySymbol: [PointPageKey(symbol, day, None, None, True, PAGE) for symbol in SYMBOLS],  # noqa: FBT003
        PointCountBySymbol: [PointCountKey(symbol, hour, week, None, False) for symbol in SYMBOLS],  # noqa: FBT003
        PointPageBySymbols: [AcrossPageKey(points, PAGE)],
        PointCountBySymbols: [points],
        StockPageByFilter: [StockPageKey(StockFilter(), *order, PAGE) for order in orders],
        StockCountByFilter: [StockFilter(), listed],
        StockMatchesByText: [StockMatchesKey("Apple", 5), StockMatchesKey("SI", 5)],
        SnapshotByTimeframe: [Timeframe.WEEK],
        RankingBySelection: [RANKED],
        LeadersBySelection: [LeadersKey(RANKED, 5, stocks=False)],
        FeedsByInstant: [now],
    }
