"""Whatever a write changes for a reader, it told: each loader's answers are compared before and after each write."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from loaders.context import RequestContext
from ops.settings import Settings
from storage import simulated, trending
from storage.add_stocks import add_stocks
from storage.buckets import floor
from storage.cache.tags import kind_of, whole
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.post_records import MentionRecord, PostRecord, Removal
from storage.retention import clear_texts
from storage.rollup_repair import repair_rollups
from storage.rows import StockRow, Window
from storage.session import Session
from storage.terms import BucketSize, SentimentLabel, Source, Timeframe
from storage.write_posts import apply_posts, delete_posts, write_posts
from storage.write_prices import PriceRecord, write_prices
from storage.write_quotes import QuoteRecord, write_quotes
from storage.write_stocks import write_stocks
from tests.loaders.questions import questions

NOW = floor(datetime.now(UTC), BucketSize.DAY) + timedelta(hours=12)
POSTED = NOW - timedelta(days=2)
BAR = PriceRecord("AAPL", 3_600, POSTED, 1, 2, 0.5, 1.5, 10)
BARS = [replace(BAR, time=POSTED - timedelta(days=number), close=1.5 + number % 3 / 10) for number in range(20)]
QUOTE = QuoteRecord("MSFT", 2.0, NOW, None, 5, 77, simulated=False)
STOCK = StockRow("AAPL", "Apple", None, None, None, 1, simulated=False)
DAYS = Window(NOW - timedelta(days=3, hours=12), NOW + timedelta(hours=12))
SIM = QuoteRecord("SIM", 3.0, NOW, None, 5, None, simulated=True)

Write = Callable[[Database], Awaitable[object]]


def post(number: str, *symbols: str, read: int = 0, at: datetime = POSTED, is_simulated: bool = False) -> PostRecord:
    """Make a post about these stocks, read so many minutes after it was written."""
    mentions = tuple(MentionRecord(symbol, 500, SentimentLabel.POSITIVE, (), "bare") for symbol in symbols)
    return PostRecord(
        Source.REDDIT, number, at, "stocks", "somebody", "a text", None, 3, simulated=is_simulated,
        model="reference", mentions=mentions, observed_at=NOW + timedelta(minutes=read),
    )  # fmt: skip


async def by_hand(database: Database) -> None:
    """Take roll-ups away, which no writer does."""
    await session(database).fetch("by_hand", "DELETE FROM sentiment_data")


def session(database: Database) -> Session:
    """Return what one operation asks through."""
    return Session(database, Deadline.after(20))


WRITES: dict[str, Write] = {
    "stocks": lambda to: write_stocks(to, [STOCK, replace_stock("MSFT"), replace_stock("SIM", is_simulated=True)]),
    "a stock again": lambda to: write_stocks(to, [replace_stock("AAPL")]),
    "described stocks": lambda to: add_stocks(to, [msgspec.structs.replace(STOCK, sector="Technology")]),
    "bars": lambda to: write_prices(to, [*BARS, replace(BAR, symbol="SIM", simulated=True)]),
    "a bar again": lambda to: write_prices(to, [replace(BAR, close=1.7)]),
    "quotes": lambda to: write_quotes(to, [QUOTE, SIM]),
    "posts": lambda to: write_posts(to, [post("1", "AAPL", "MSFT"), post("2", "SIM", is_simulated=True)]),
    "a corrected post": lambda to: apply_posts(to, [post("1", "AAPL", read=1)], [], tell_all=False),
    "a moved post": lambda to: apply_posts(
        to, [post("1", "AAPL", read=2, at=POSTED - timedelta(hours=1))], [], tell_all=False
    ),
    "a snapshot": lambda to: trending.store(session(to), Timeframe.WEEK, NOW + timedelta(seconds=10)),
    "cleared texts": lambda to: clear_texts(to, {Source.REDDIT: NOW}, None),
    "posts later": lambda to: write_posts(to, [post("3", "MSFT"), post("4", "AAPL")]),
    "a reader's snapshot": lambda to: trending.snapshot(session(to), Timeframe.WEEK, NOW + timedelta(seconds=20), 1),
    "a removed post": lambda to: apply_posts(
        to, [], [Removal(Source.REDDIT, "3", NOW + timedelta(minutes=9))], tell_all=False
    ),
    "deleted simulated bars": lambda to: simulated.delete_bars(to, ["SIM"], BAR.width, NOW),
    "deleted simulated quotes": lambda to: simulated.delete_quotes(to, ["SIM"]),
    "deleted simulated mentions": lambda to: simulated.delete_mentions(to, ["SIM"], POSTED),
    "simulated posts": lambda to: write_posts(to, [post("5", "SIM", is_simulated=True)]),
    "deleted simulated posts": lambda to: simulated.delete_posts(to, "reddit", ("5", "6")),
    "roll-ups taken away by hand": by_hand,
    "repaired roll-ups": lambda to: repair_rollups(to, DAYS),
    "deleted posts": lambda to: delete_posts(to, Source.REDDIT, ["1", "4"]),
}


def replace_stock(symbol: str, *, is_simulated: bool = False) -> StockRow:
    """Make a stock."""
    return StockRow(symbol, f"{symbol} Inc.", "NASDAQ", None, None, 5, simulated=is_simulated)


async def answers(database: Database, settings: Settings) -> dict[tuple[Any, Any], Any]:
    """Ask each loader its questions, all in one operation."""
    context = RequestContext(session(database), settings, NOW)
    try:
        found: dict[tuple[Any, Any], Any] = {}
        for loader, keys in questions(NOW, POSTED).items():
            for key, value in zip(keys, await context.loader(loader).load_column(keys), strict=True):
                assert not isinstance(value, Exception), (loader, key, value)
                found[loader, key] = getattr(value, "ordered", value)
        return found
    finally:
        await context.aclose()


async def test_whatever_a_write_changes_it_told(plain_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a tag of the answer itself, or of everything of its kind; and every loader's answers do change."""
    settings = Settings.model_validate({"database_url": plain_database_url})
    told: set[str] = set()
    untold: list[tuple[str, str, object]] = []
    changed: set[Any] = set()
    async with open_database(settings) as database:

        async def hear(tags: Collection[str]) -> None:
            told.update(tags)

        monkeypatch.setattr(database.telling, "tell", hear)
        before = await answers(database, settings)
        for name, write in WRITES.items():
            told.clear()
            await write(database)
            after = await answers(database, settings)
            different = [place for place in after if after[place] != before[place]]
            assert different, f"{name}: no answer changed, so nothing is proved"
            for loader, key in different if write is not by_hand else ():
                changed.add(loader)
                tags = loader.cached.tags(*loader.split(key))
                if not told & {*tags, *(whole(kind_of(tag)) for tag in tags)}:
                    untold.append((name, loader.__name__, key))
            before = after
    assert untold == []
    assert set(questions(NOW, POSTED)) - changed == set()
