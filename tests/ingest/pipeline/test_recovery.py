"""What others left behind, and servers that go away while work is in hand."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from pydantic import SecretStr
from redis.exceptions import ResponseError

from ingest.pipeline import lane, post_stage
from ingest.pipeline.settling import MOST_DELIVERIES
from ingest.pipeline.worker import run_worker
from ops.errors import Unavailable
from ops.settings import Settings
from storage import events
from storage.database import Database
from storage.dead_letters import DeadLetters
from storage.event_items import MentionEvent
from storage.intake_group import GROUP, IntakeGroup
from storage.intake_items import CollectedBar, CollectedQuote
from storage.intake_stream import FIELD, POSTS, PRICES, IntakeStream
from storage.redis import RedisState
from storage.redis_translation import connected
from storage.write_posts import apply_posts
from tests.ingest.pipeline.conftest import NOW, Working, empty, eventually, post, rows, told
from tests.unix_relay import relayed

STORED = "SELECT external_id FROM stock_mentions ORDER BY 1"


async def test_entries_of_a_dead_process_are_taken_over(
    listed: Database, redis: RedisState, stream: IntakeStream, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One without a sign of life is dead: what it held is stored, and its name goes; a living one keeps its own."""
    monkeypatch.setattr(lane, "CLAIM_IDLE", 0.0)
    dead, alive = IntakeGroup(redis), IntakeGroup(redis)
    await connected(redis).xgroup_create(POSTS, GROUP, "0", mkstream=True)
    await stream.publish([post("dead")])
    assert len(await dead.read(POSTS, 10, 0.1)) == 1
    await stream.publish([post("alive")])
    held = await alive.read(POSTS, 10, 0.1)
    await alive.show_alive(60)
    async with working():

        async def taken() -> bool:
            names = {each["name"].decode() for each in await connected(redis).xinfo_consumers(POSTS, GROUP)}
            done = await rows(listed, STORED) == [("dead",)] and (await stream.lengths())[POSTS] == 1
            return done and dead.consumer not in names

        await eventually(taken)
        await alive.finish(held)


async def test_entries_whose_reply_was_lost_are_found_again(
    listed: Database, redis: RedisState, stream: IntakeStream, working: Working, letters: DeadLetters
) -> None:
    """A driver that connects anew hides that, as does a Redis that went back in time: a living consumer looks itself.

    Prices that were lost so are written before the ones that came after them.
    """
    client = connected(redis)
    bar = CollectedBar("AAPL", 86_400, NOW.replace(hour=0, minute=0, second=0), 1, 1, 1, 1, 1)
    grown = msgspec.structs.replace(bar, volume=2)
    async with working():
        await stream.publish([post("0"), CollectedQuote("AAPL", 1.0, NOW)])
        await empty(stream)
        for name, item in ((POSTS, post("lost")), (PRICES, bar)):
            (consumer, *_) = await client.xinfo_consumers(name, GROUP)
            async with client.pipeline(transaction=True) as pipeline:
                pipeline.xadd(name, {FIELD: msgspec.msgpack.encode(item)})
                pipeline.xreadgroup(GROUP, consumer["name"], {name: ">"})
                await pipeline.execute()
        await stream.publish([grown])
        await empty(stream)
    assert await rows(listed, STORED) == [("0",), ("lost",)]
    assert await rows(listed, "SELECT volume FROM stock_prices") == [(2,)]
    assert await letters.count() == 0


async def test_a_post_that_fell_silent_outruns_its_reading_in_other_hands(
    listed: Database, redis: RedisState, stream: IntakeStream, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger remembers the silence, so the earlier reading is turned away; a later one that speaks is stored."""
    monkeypatch.setattr(lane, "CLAIM_IDLE", 0.0)
    other = IntakeGroup(redis)
    await other.show_alive(60)
    await connected(redis).xgroup_create(POSTS, GROUP, "0", mkstream=True)
    await stream.publish([post("1", "$AAPL")])
    assert len(await other.read(POSTS, 10, 0.1)) == 1
    await stream.publish([post("1", "nothing any more", seconds=1), post("2", "never anything")])
    async with working():

        async def taken() -> bool:
            return (await stream.lengths())[POSTS] == 1

        await eventually(taken)
        await other.leave([POSTS])
        await empty(stream)
        assert await rows(listed, STORED) == []
        assert await rows(listed, "SELECT external_id FROM posts WHERE check_at IS NULL ORDER BY 1") == [("1",), ("2",)]
        await stream.publish([post("1", "$AAPL", seconds=2), post("3", "never anything, and nobody else here")])
        await empty(stream)
    assert await rows(listed, "SELECT external_id FROM posts WHERE check_at IS NOT NULL") == [("1",)]
    assert await rows(listed, "SELECT count(*) FROM posts") == [(2,)]
    assert await rows(listed, STORED) == [("1",)]


async def test_what_was_stored_but_not_told_is_told(
    listed: Database, redis: RedisState, stream: IntakeStream, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process died between its commit and its events: the next one tells the mentions under the same ids."""
    monkeypatch.setattr(lane, "CLAIM_IDLE", 0.0)
    real, dying = events.publish, asyncio.Event()

    async def never(*_arguments: object) -> None:
        dying.set()
        await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(events, "publish", never)
    await stream.publish([post("1", "$AAPL $MSFT")])
    async with working() as work:
        await dying.wait()
        work.cancel()
    assert await told(redis, MentionEvent) == []
    monkeypatch.setattr(events, "publish", real)
    async with working():
        await empty(stream)
    ids = {event.mention.mention_id for event in await told(redis, MentionEvent) if isinstance(event, MentionEvent)}
    assert {(number,) for number in ids} == set(await rows(listed, "SELECT mention_id FROM stock_mentions"))


@dataclass
class Failing:
    """Writes posts, and then fails a few times as if the connection had been lost at the commit."""

    times: int

    async def __call__(self, *arguments: object, **options: object) -> object:
        """Write, then fail."""
        changes = await apply_posts(*arguments, **options)  # type: ignore[arg-type]
        if self.times:
            self.times -= 1
            raise Unavailable("The database is unreachable.") from asyncpg.PostgresConnectionError("lost")
        return changes


async def test_a_commit_that_may_have_happened_is_told_whole(
    listed: Database, redis: RedisState, stream: IntakeStream, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second attempt finds nothing to change, and tells the mentions all the same."""
    failing = Failing(2)
    monkeypatch.setattr(post_stage, "apply_posts", failing)
    async with working():
        await stream.publish([post("1", "$AAPL $MSFT")])
        await empty(stream)
    assert failing.times == 0
    assert len(await told(redis, MentionEvent)) == 2


async def in_hand(redis: RedisState) -> int:
    """Count the entries that were taken off the streams and are not finished."""
    groups = [await connected(redis).xinfo_groups(stream) for stream in (POSTS, PRICES)]
    return sum(int(group["pending"]) for found in groups for group in found)


async def test_without_postgresql_items_wait_and_the_worker_stops_when_told(
    listed: Database, settings: Settings, stream: IntakeStream, redis: RedisState, letters: DeadLetters,
    working: Working, tmp_path: Path,
) -> None:  # fmt: skip
    """An outage is nobody's fault: what is in hand stays pending through a stop, and goes on later."""
    async with relayed(url_of(settings), tmp_path) as (url, relay):
        stop = asyncio.Event()
        behind = settings.model_copy(update={"database_url": SecretStr(url)})
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(run_worker(behind, stop))
            await stream.publish([post("before"), CollectedQuote("AAPL", 1.0, NOW)])
            await empty(stream)
            await relay.cut()
            await stream.publish([post("during"), CollectedQuote("AAPL", 2.0, NOW)])

            async def taken() -> bool:
                return await in_hand(redis) == 2

            await eventually(taken)
            assert await stream.lengths() == {POSTS: 1, PRICES: 1}
            await relay.mend()
            await empty(stream)
            await relay.cut()
            await stream.publish([post("at the stop"), CollectedQuote("AAPL", 3.0, NOW)])
            await eventually(taken)
            stop.set()
    assert await in_hand(redis) == 2
    assert await rows(listed, STORED) == [("before",), ("during",)]
    async with working():
        await empty(stream)
    assert await rows(listed, STORED) == [("at the stop",), ("before",), ("during",)]
    assert await rows(listed, "SELECT price FROM quotes") == [(3.0,)]
    assert await letters.count() == 0


async def test_restarts_during_an_outage_are_not_the_items_fault(
    listed: Database, settings: Settings, stream: IntakeStream, redis: RedisState, letters: DeadLetters,
    working: Working,
) -> None:  # fmt: skip
    """However often workers are stopped with an item in hand, it is no dead letter, and is known to be in doubt.

    The database can be led on, but not written: an operator has taken a table away.
    """
    await rows(listed, "ALTER TABLE quotes RENAME TO quotes_elsewhere")
    await stream.publish([CollectedQuote("AAPL", 1.0, NOW)])
    holders: set[str] = set()
    for number in range(1, MOST_DELIVERIES + 3):
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(run_worker(settings, stop))

            async def taken(number: int = number) -> bool:
                holders.update(each["consumer"] for each in await pending_prices(redis))
                return len(holders) == number

            await eventually(taken)
            stop.set()
        assert [each["times_delivered"] for each in await pending_prices(redis)] == [1]
    await rows(listed, "ALTER TABLE quotes_elsewhere RENAME TO quotes")
    async with working():
        await empty(stream)
    assert await letters.count() == 0
    assert await rows(listed, "SELECT price FROM quotes") == [(1.0,)]


async def pending_prices(redis: RedisState) -> list[dict[str, Any]]:
    """Describe what is in hand; nothing before the group is made."""
    try:
        return list(await connected(redis).xpending_range(PRICES, GROUP, "-", "+", 10))
    except ResponseError:
        return []


def url_of(settings: Settings) -> str:
    """Return the URL of the test's database."""
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()
