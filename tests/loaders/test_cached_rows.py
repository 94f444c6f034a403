"""Every loader says how its answers are kept, and what it reads comes back from MessagePack as it was."""

import importlib
import pkgutil
from datetime import timedelta
from typing import Any

import pytest

import loaders
from loaders.base import Loader
from loaders.candle_page_by_symbol import CandleCountBySymbol, CandleCountKey, CandlePageBySymbol, CandlePageKey
from loaders.context import RequestContext
from loaders.feeds_by_instant import FeedsByInstant
from loaders.leaders_by_selection import LeadersBySelection, LeadersKey
from loaders.mention_page_by_symbol import MentionPageBySymbol, MentionPageKey
from loaders.point_page_by_symbol import PointPageBySymbol, PointPageKey
from loaders.quote_by_symbol import QuoteBySymbol
from loaders.sectors_by_window import SectorsByWindow
from loaders.sentiment_by_symbol import SentimentBySymbol, SentimentKey, SentimentSumBySymbol
from loaders.snapshot_by_timeframe import SnapshotByTimeframe
from loaders.stock_by_symbol import StockBySymbol
from ops.settings import Settings
from storage.cache.entries import encode_value
from storage.cache.policy import RowPolicy
from storage.cache.tags import KINDS, kind_of
from storage.database import open_database
from storage.deadline import Deadline
from storage.leaders import Selection
from storage.mentions import MentionFilter
from storage.paging import Page, PageRequest
from storage.rows import Window
from storage.session import Session
from storage.terms import BucketSize, Timeframe, TrendingRank
from tests.flows.conftest import _filled
from tests.flows.market import NOW
from tests.loaders.questions import questions

DAY = Window(NOW - timedelta(days=1), NOW)
WEEK = Window(NOW - timedelta(days=7), NOW)
PAGE = PageRequest(5)
ASKED: list[tuple[type[Loader[Any, Any, Any, Any]], Any]] = [
    (StockBySymbol, "S009"),
    (QuoteBySymbol, "S009"),
    (CandlePageBySymbol, CandlePageKey("S009", BucketSize.HOUR, None, PAGE)),
    (CandleCountBySymbol, CandleCountKey("S009", BucketSize.HOUR, None)),
    (MentionPageBySymbol, MentionPageKey("S009", MentionFilter(), PAGE)),
    (PointPageBySymbol, PointPageKey("S009", BucketSize.DAY, None, None, fill_gaps=False, request=PAGE)),
    (SentimentBySymbol, SentimentKey("S009", WEEK, None)),
    (SentimentSumBySymbol, SentimentKey("S009", WEEK, None)),
    (SectorsByWindow, DAY),
    (SnapshotByTimeframe, Timeframe.DAY),
    (LeadersBySelection, LeadersKey(Selection(Timeframe.DAY, TrendingRank.GROWTH, 1), 10, stocks=True)),
    (FeedsByInstant, NOW),
]


def every_loader() -> list[type[Any]]:
    """Return the loaders that answer something: the subclasses that stand in modules of their own."""
    for module in pkgutil.iter_modules(loaders.__path__):
        importlib.import_module(f"loaders.{module.name}")
    found: list[type[Any]] = []
    left: list[type[Any]] = [Loader]
    while left:
        for kind in left.pop().__subclasses__():
            left.append(kind)
            if "_by_" in kind.__module__ and kind.__module__.startswith("loaders."):
                found.append(kind)
    return found


@pytest.mark.parametrize("kind", every_loader(), ids=lambda kind: kind.__name__)
def test_every_loader_says_how_its_answers_are_kept(kind: type[Any]) -> None:
    """Without it nobody would know what an operation read; only what is shared needs a type that can be decoded."""
    policy = kind.cached
    assert isinstance(policy, RowPolicy)
    assert policy.loader is kind
    assert kind in questions(NOW, NOW), "tests/loaders/test_writes_tell.py asks every loader"
    if policy.shared:
        assert policy.size is None
        assert len(policy.shape) == 12
        assert policy.decoder is policy.decoder


@pytest.fixture(scope="module")
def url(plain_template: Any) -> Any:
    """A filled market."""
    yield from _filled(plain_template)


@pytest.mark.parametrize(("kind", "key"), ASKED, ids=lambda one: getattr(one, "__name__", ""))
async def test_rows_come_back_as_they_were(url: str, kind: type[Any], key: Any) -> None:
    """Dates with their zone, enums, nulls and exact numbers included; what they are made of has known kinds."""
    settings = Settings.model_validate({"database_url": url})
    async with open_database(settings) as database:
        context = RequestContext(Session(database, Deadline.after(20)), settings, NOW)
        value = await context.loader(kind).load(key)
        await context.aclose()
    assert value
    assert not isinstance(value, Page) or value.rows
    again = kind.cached.decoder.decode(encode_value(value))
    assert again == value
    assert type(again) is type(value)
    assert {kind_of(tag) for tag in context.tags} <= set(KINDS)
    assert context.tags
