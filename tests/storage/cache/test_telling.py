"""Every write path tells of what it changed, after its commit; the intake tells again what it could not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from loaders.stock_by_symbol import StockBySymbol
from ops.errors import Unavailable
from storage import simulated, trending
from storage.add_stocks import add_stocks
from storage.buckets import floor
from storage.cache.tags import FEEDS, MENTIONS, STOCKS, whole
from storage.post_records import MentionRecord, PostRecord, Removal
from storage.retention import clear_texts
from storage.rows import StockRow
from storage.session import Session
from storage.terms import BucketSize, SentimentLabel, Source, Timeframe
from storage.write_posts import apply_posts, delete_posts, write_posts
from storage.write_prices import PriceRecord, write_prices
from storage.write_quotes import QuoteRecord, write_quotes
from storage.write_stocks import write_stocks
from tests.own_valkey import OwnValkey, until
from tests.storage.cache.stack import APPLE, Stack

NOW = floor(datetime.now(UTC), BucketSize.HOUR)
BAR = PriceRecord("AAPL", 3_600, NOW, 1, 2, 0.5, 1.5, 10)
QUOTE = QuoteRecord("AAPL", 2.0, NOW, None, 5, 77, simulated=False)


def post(*symbols: str, number: str = "1", minutes: int = 0) -> PostRecord:
    """Make a post about these stocks, read so many minutes after it was written."""
    mentions = tuple(MentionRecord(symbol, 500, SentimentLabel.POSITIVE, (), "bare") for symbol in symbols)
    return PostRecord(
        Source.REDDIT, number, NOW, "stocks", "somebody", "a text", None, 3, simulated=False, model="reference",
        mentions=mentions, observed_at=NOW + timedelta(minutes=minutes),
    )  # fmt: skip


class Ear:
    """What was told since it was asked last."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._told: set[str] = set()
        tell = stack.database.telling.tell

        async def heard(tags: set[str]) -> None:
            self._told |= set(tags)
            await tell(tags)

        stack.database.telling.tell = heard  # type: ignore[method-assign, assignment]

    def told(self) -> set[str]:
        """Return it, and begin anew."""
        told, self._told = self._told, set()
        return told


@pytest.fixture
async def ear(one: Stack) -> Ear:
    """What the writers of one process tell; two stocks are listed."""
    ear = Ear(one)
    await write_stocks(one.database, [APPLE, StockRow("MSFT", "Microsoft", None, None, None, 5, simulated=False)])
    assert ear.told() == {"stock:AAPL", "stock:MSFT", STOCKS}
    return ear


async def test_prices_and_quotes(one: Stack, ear: Ear) -> None:
    """A bar may be the newest price; a quote may say what the company is worth, and then its row has changed."""
    await write_prices(one.database, [BAR, replace(BAR, symbol="UNKNOWN")])
    assert ear.told() == {FEEDS, "price:AAPL", "quote:AAPL"}
    await write_quotes(one.database, [QUOTE])
    assert ear.told() == {FEEDS, "quote:AAPL", "stock:AAPL", STOCKS}
    await write_quotes(one.database, [replace(QUOTE, at=NOW + timedelta(seconds=1))])
    assert ear.told() == {FEEDS, "quote:AAPL"}
    await write_quotes(one.database, [QUOTE], tell_all=True)
    assert ear.told() == {FEEDS, "quote:AAPL", "stock:AAPL", STOCKS}


async def test_described_stocks(one: Stack, ear: Ear) -> None:
    """Adding completes what is listed, too."""
    await add_stocks(one.database, [StockRow("NEW", "New", None, None, None, None, simulated=False)])
    assert ear.told() == {"stock:NEW", STOCKS}


async def test_posts(one: Stack, ear: Ear) -> None:
    """A correction tells of the stock that it takes away as well, and so does a removal."""
    await write_posts(one.database, [post("AAPL", "MSFT")])
    assert ear.told() == {FEEDS, MENTIONS, "mention:AAPL", "mention:MSFT"}
    await write_posts(one.database, [post("AAPL", "MSFT")])
    assert ear.told() == {FEEDS}
    await apply_posts(one.database, [post("AAPL", minutes=1)], [], tell_all=False)
    assert ear.told() == {FEEDS, MENTIONS, "mention:MSFT"}
    await apply_posts(one.database, [], [Removal(Source.REDDIT, "1", NOW + timedelta(minutes=2))], tell_all=False)
    assert ear.told() == {FEEDS, MENTIONS, "mention:AAPL"}
    await write_posts(one.database, [post("MSFT", number="2")])
    ear.told()
    await delete_posts(one.database, Source.REDDIT, ["2"])
    assert ear.told() == {FEEDS, MENTIONS, "mention:MSFT"}


async def test_a_batch_that_may_have_been_written_before(one: Stack, ear: Ear) -> None:
    """Its first writing may have taken mentions away and died before it told: nobody knows which any more."""
    await apply_posts(one.database, [post("AAPL")], [], tell_all=True)
    assert ear.told() == {FEEDS, whole("mention")}


async def test_jobs_and_the_demo(one: Stack, ear: Ear) -> None:
    """Snapshots tell of their timeframe, cleared texts and deleted posts of all mentions, deleted bars of theirs."""
    session = Session(one.database, one.context(None).session.deadline)
    await trending.store(session, Timeframe.DAY, NOW)
    assert ear.told() == {"trending:DAY"}
    await write_posts(one.database, [post("AAPL")])
    ear.told()
    cleared = await clear_texts(one.database, {Source.REDDIT: NOW + timedelta(hours=1)}, None)
    assert cleared.texts == 1
    assert ear.told() == {FEEDS, whole("mention")}
    assert (await clear_texts(one.database, {Source.REDDIT: NOW + timedelta(hours=1)}, None)).texts == 0
    assert ear.told() == set()
    await write_stocks(one.database, [replace_simulated("SIM")])
    await write_prices(one.database, [replace(BAR, symbol="SIM", simulated=True)])
    ear.told()
    await simulated.delete_bars(one.database, ["SIM"], BAR.width, NOW + timedelta(hours=2))
    assert ear.told() == {FEEDS, "price:SIM", "quote:SIM"}
    await simulated.delete_quotes(one.database, ["SIM"])
    assert ear.told() == {FEEDS, "quote:SIM"}


def replace_simulated(symbol: str) -> StockRow:
    """Make a simulated stock."""
    return StockRow(symbol, symbol, None, None, None, None, simulated=True)


async def test_the_intake_writes_and_tells_again_what_it_could_not_tell(
    one: Stack, other: Stack, own_redis: OwnValkey
) -> None:
    """The commit stands, the telling fails: storing the same again changes nothing in the database, and tells."""
    await one.warm()
    other.database.telling.insists = True
    own_redis.freeze()
    with pytest.raises(Unavailable):
        await other.worth(9)
    own_redis.thaw()
    await until(lambda: one.invalidations.trusted)
    heard = one.invalidations.heard
    await other.worth(9)
    await until(lambda: one.invalidations.heard >= heard + 2)
    assert (await one.stock()).market_cap == 9  # type: ignore[union-attr]  # it is listed
    assert (await one.ask(StockBySymbol, "AAPL", afresh=True)).value.market_cap == 9


async def test_other_writers_go_on_without_redis(one: Stack, own_redis: OwnValkey) -> None:
    """What could not be told is bounded by the time for which it is kept."""
    own_redis.kill()
    await one.worth(9)
    assert (await one.stock()).market_cap == 9  # type: ignore[union-attr]
