"""What others left behind, and servers that go away while work is in hand."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest
from pydantic import SecretStr

from ingest.pipeline import lane, post_stage
from ingest.pipeline.worker import run_worker
from ops.errors import Unavailable
from ops.settings import Settings
from storage import events
from storage.database import Database
from storage.event_items import MentionEvent
from storage.intake_group import GROUP, IntakeGroup
from storage.intake_items import CollectedQuote
from storage.intake_stream import POSTS, PRICES, IntakeStream
from storage.redis import RedisState
from storage.redis_translation import connected
from storage.write_posts import apply_posts
from tests.ingest.pipeline.conftest import NOW, Working, empty, eventually, post, rows, told

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
            return dead.consumer not in names and await rows(listed, STORED) == [("dead",)]

        await eventually(taken)
        assert (await stream.lengths())[POSTS] == 1
        await alive.finish(held)


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


@pytest.fixture
async def hanging(settings: Settings) -> AsyncIterator[asyncio.Event]:
    """A worker whose PostgreSQL cannot be reached, and the event that stops it."""
    nowhere = settings.model_copy(update={"database_url": SecretStr("postgresql:///x?host=/nowhere")})
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_worker(nowhere, stop))
        yield stop
        stop.set()


async def test_without_postgresql_items_wait_and_the_worker_stops_when_told(
    hanging: asyncio.Event, stream: IntakeStream
) -> None:
    """An outage is nobody's fault: no dead letters, nothing finished, and a stop ends the wait."""
    await stream.publish([post("1"), CollectedQuote("AAPL", 1.0, NOW)])

    async def in_hand() -> bool:
        return (await stream.lengths()) == {POSTS: 1, PRICES: 1}

    await eventually(in_hand)
    hanging.set()
