"""A worker from the intake to tables and events."""

from datetime import timedelta

from ops.settings import Settings
from storage import feeds, prices, stocks, trending
from storage.database import Database
from storage.event_items import MentionEvent, QuoteEvent
from storage.intake_items import CollectedBar, CollectedPost, CollectedQuote, CollectedStock, Item, RemovedPost
from storage.intake_stream import POSTS, IntakeStream
from storage.mentions import by_ids
from storage.redis import RedisState
from storage.redis_translation import connected
from storage.session import Session
from storage.terms import Feed, Source, Timeframe
from tests.ingest.pipeline.conftest import NOW, Working, empty, eventually, post, rows, told

SECOND = timedelta(seconds=1)
MENTIONS = "SELECT external_id, symbol FROM stock_mentions ORDER BY 1, 2"


async def test_posts_are_stored_and_told_as_stored(
    listed: Database, stream: IntakeStream, redis: RedisState, working: Working, session: Session
) -> None:
    """One mention a stock, with score, tier, reason and share; the event carries the stored row; all work is done."""
    async with working():
        await stream.publish([post("1", "$AAPL is great, $MSFT less so"), post("2", "about nothing"), post("3")])
        await empty(stream)
    assert await rows(listed, MENTIONS) == [("1", "AAPL"), ("1", "MSFT"), ("3", "AAPL")]
    assert await rows(listed, "SELECT external_id FROM posts ORDER BY 1") == [("1",), ("3",)]
    events = [event.mention for event in await told(redis, MentionEvent) if isinstance(event, MentionEvent)]
    assert sorted((row.external_id, row.symbol) for row in events) == [("1", "AAPL"), ("1", "MSFT"), ("3", "AAPL")]
    stored = await by_ids(session, [(row.posted_at, row.mention_id) for row in events])
    assert sorted(stored.values(), key=lambda row: row.mention_id) == sorted(events, key=lambda row: row.mention_id)
    assert all(row.score > 0 and row.evidence and row.reason for row in events)
    assert sum(row.relevance for row in events if row.external_id == "1") <= 1.0001


async def test_what_the_source_names_counts(listed: Database, stream: IntakeStream, working: Working) -> None:
    """Symbols of the source's own entities need no mention in the text; unlisted and misspelt ones count nothing."""
    async with working():
        await stream.publish([post("1", "what a quarter", symbols=("msft", "NONE", "no symbol"))])
        await empty(stream)
    assert await rows(listed, MENTIONS) == [("1", "MSFT")]


async def test_readings_and_removals_settle_by_their_times(
    listed: Database, stream: IntakeStream, working: Working
) -> None:
    """Edits, repeats and removals in any order end as the source last showed them; a known post may fall silent."""
    items: list[Item] = [
        post("edited", "$MSFT", seconds=2),
        post("edited", "$AAPL"),
        RemovedPost(Source.X, "gone", NOW + SECOND),
        post("gone"),
        post("back", seconds=2),
        RemovedPost(Source.X, "back", NOW + SECOND),
        post("silent"),
    ]
    async with working():
        await stream.publish(items)
        await empty(stream)
        await stream.publish([post("silent", "nothing any more", seconds=1)])
        await empty(stream)
    assert await rows(listed, MENTIONS) == [("back", "AAPL"), ("edited", "MSFT")]


async def test_a_removal_takes_a_post_out_of_everything(
    listed: Database, stream: IntakeStream, working: Working, session: Session
) -> None:
    """Mentions, roll-ups and what trending counts follow, copies included: the copy that is left counts instead."""
    texts = {"gone": "$AAPL is great", "copy": "$aapl is GREAT!", "other": "$MSFT too"}
    async with working():
        await stream.publish([post(name, text, author=name) for name, text in texts.items()])
        await empty(stream)
        before = await trending.store(session, Timeframe.DAY, NOW + 60 * SECOND)
        assert [(row.symbol, row.mention_count, row.discounted_count) for row in before.entries] == [
            ("AAPL", 1, 1), ("MSFT", 1, 0),
        ]  # fmt: skip
        await stream.publish([RemovedPost(Source.X, each, NOW + SECOND) for each in ("gone", "other")])
        await empty(stream)
        after = await trending.store(session, Timeframe.DAY, NOW + 120 * SECOND)
    assert [(row.symbol, row.mention_count, row.discounted_count) for row in after.entries] == [("AAPL", 1, 0)]
    assert await rows(listed, MENTIONS) == [("copy", "AAPL")]
    assert await rows(listed, "SELECT DISTINCT symbol, mention_count FROM sentiment_data") == [("AAPL", 1)]


async def test_simulated_posts_belong_to_the_demo(
    listed: Database, stream: IntakeStream, working: Working, session: Session
) -> None:
    """They are marked, and no real feed looks fresher by them."""
    async with working():
        await stream.publish([post("1", simulated=True)])
        await empty(stream)
    assert await rows(listed, "SELECT simulated FROM stock_mentions") == [(True,)]
    assert [row.feed for row in await feeds.newest(session)] == [Feed.DEMO]


async def test_prices_are_stored_in_their_order_and_told(
    listed: Database, stream: IntakeStream, redis: RedisState, working: Working, session: Session
) -> None:
    """A stock may be listed just before its bars; a bar that grows ends as it was last sent; unlisted ones go."""
    bar = CollectedBar("new", 3_600, NOW.replace(minute=0, second=0), 10, 12, 9, 11, 5)
    grown = CollectedBar("new", 3_600, bar.time, 10, 13, 9, 12.5, 9)
    items: list[Item] = [
        CollectedStock("NEW", "New", "NYSE"),
        bar,
        grown,
        CollectedQuote("AAPL", 100.0, NOW, volume=3, market_cap=9),
        CollectedQuote("NONE", 1.0, NOW),
    ]
    async with working():
        await stream.publish(items)
        await empty(stream)
    found = await prices.quotes(session, ["AAPL", "NEW"])
    assert (found["AAPL"].price, found["NEW"].price) == (100.0, 12.5)
    listed_now = await stocks.by_symbols(session, ["AAPL", "NEW"])
    assert (listed_now["AAPL"].market_cap, listed_now["NEW"].name) == (9, "New")
    symbols = [event.symbol for event in await told(redis, QuoteEvent) if isinstance(event, QuoteEvent)]
    assert sorted(symbols) == ["AAPL", "NEW"]


async def test_posts_wait_for_the_first_listed_stock(
    database: Database, stream: IntakeStream, working: Working, settings: Settings
) -> None:
    """A worker that starts before the import of stocks loses no post."""
    async with working():
        await stream.publish([post("1"), CollectedStock("AAPL", "Apple")])
        await empty(stream)
    assert await rows(database, MENTIONS) == [("1", "AAPL")]


async def test_a_redis_that_comes_back_empty_gets_its_group_again(
    listed: Database, stream: IntakeStream, redis: RedisState, working: Working
) -> None:
    """Whatever enters after the loss is taken, from the first entry on."""
    async with working():
        await stream.publish([post("1")])
        await empty(stream)
        await connected(redis).flushdb()
        await stream.publish([post("2")])

        async def taken() -> bool:
            return len(await rows(listed, MENTIONS)) == 2

        await eventually(taken)
        await empty(stream)


async def test_two_workers_share_a_feed(listed: Database, stream: IntakeStream, working: Working) -> None:
    """Each post is stored once, whoever takes it; those that leave take their names off the group."""
    many: list[CollectedPost] = [post(str(number)) for number in range(3_000)]
    async with working(), working():
        await stream.publish(many + many[:500])
        await empty(stream)
    assert await rows(listed, "SELECT count(*), count(DISTINCT external_id) FROM stock_mentions") == [(3_000, 3_000)]
    assert await rows(listed, "SELECT sum(mention_count) FROM sentiment_data WHERE width = 86400") == [(3_000,)]


async def test_a_worker_that_ends_leaves_no_consumer(
    listed: Database, stream: IntakeStream, redis: RedisState, working: Working
) -> None:
    """Names of processes do not pile up in the group."""
    async with working():
        await stream.publish([post("1")])
        await empty(stream)
    assert await connected(redis).xinfo_consumers(POSTS, "scorers") == []
