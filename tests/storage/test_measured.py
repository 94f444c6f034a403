"""The intake's queues and the feeds, as a scrape finds them; stores that hang or are away hold nothing up."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog

from ops.metrics import Metrics, make_metrics
from ops.settings import Settings
from storage import feeds
from storage.database import Database
from storage.deadline import Deadline
from storage.intake_group import IntakeGroup
from storage.intake_items import CollectedPost
from storage.intake_stream import POSTS, IntakeStream
from storage.measured import MeasuredFeeds, MeasuredQueues
from storage.redis import RedisState, open_redis
from storage.redis_translation import connected
from storage.terms import Feed, Source

PATIENCE = 20.0


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[RedisState]:
    """A client."""
    async with open_redis(settings) as opened:
        yield opened


@pytest.fixture
def metrics() -> Metrics:
    """Fresh ones."""
    return make_metrics()


def shown(metrics: Metrics, name: str) -> dict[str, float]:
    """The values of a gauge with one label."""
    (family,) = (each for each in metrics.registry.collect() if each.name == name)
    return {next(iter(one.labels.values())): one.value for one in family.samples}


async def test_queues_are_measured_in_one_call(redis: RedisState, settings: Settings, metrics: Metrics) -> None:
    """What waits, what is in hand, how long the oldest has waited; and all of it with one trip to Redis."""
    now = datetime.now(UTC)
    posts = [CollectedPost(Source.X, str(number), now, now, "$AAPL") for number in range(5)]
    await IntakeStream(redis, settings).publish(posts)
    group = IntakeGroup(redis)
    await group.read(POSTS, 2, 0.01)  # makes the group
    assert len(await group.read(POSTS, 2, 0.01)) == 2
    calls = _sent(redis)
    await MeasuredQueues(redis, metrics)()
    assert calls == ["pipeline"]
    assert shown(metrics, "message_queue_length") == {
        "posts": 5, "posts_pending": 2, "prices": 0, "prices_pending": 0, "dead_letters": 0
    }  # fmt: skip
    oldest = shown(metrics, "message_queue_oldest_seconds")
    assert 0 < oldest["posts"] < PATIENCE
    assert oldest["prices"] == 0


async def test_a_redis_that_hangs_or_is_away_shows_nothing(settings: Settings, metrics: Metrics) -> None:
    """Not what was true before, and not after a wait that a scrape would not outlast."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()

    metrics.queue_length.labels("posts").set(7)
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        hung = settings.model_validate({"redis_url": f"redis://127.0.0.1:{port}", "deadlines": {"redis": 3_600.0}})
        async with open_redis(hung) as redis, asyncio.timeout(PATIENCE):
            with structlog.testing.capture_logs() as lines:
                await MeasuredQueues(redis, metrics)()
    assert shown(metrics, "message_queue_length") == {}
    assert [line["event"] for line in lines] == ["queues_not_measured"]
    async with open_redis(hung) as gone, asyncio.timeout(PATIENCE):
        await MeasuredQueues(gone, metrics)()
    assert shown(metrics, "message_queue_length") == {}


async def test_without_redis_there_are_no_queues(metrics: Metrics) -> None:
    """And none are shown as empty."""
    await MeasuredQueues(RedisState(None), metrics)()
    assert shown(metrics, "message_queue_length") == {}


async def test_feeds_are_as_old_as_their_newest_item(database: Database, metrics: Metrics) -> None:
    """In seconds; a database that does not answer in time shows nothing."""
    then = datetime.now(UTC) - timedelta(seconds=100)
    async with database.lease(Deadline.after(PATIENCE)) as connection:
        await feeds.record(connection, Feed.REDDIT, then)
    measure = MeasuredFeeds(database, metrics)
    await measure()
    (age,) = shown(metrics, "feed_newest_age_seconds").values()
    assert 100 <= age < 100 + PATIENCE
    async with contextlib.AsyncExitStack() as held:
        for _ in range(10):  # the whole pool
            await held.enter_async_context(database.lease(Deadline.after(PATIENCE)))
        async with asyncio.timeout(PATIENCE):
            await measure()
    assert shown(metrics, "feed_newest_age_seconds") == {}


def _sent(redis: RedisState) -> list[str]:
    """Note what is asked of Redis from now on."""
    client: Any = connected(redis)
    calls: list[str] = []
    execute, pipeline = client.execute_command, client.pipeline

    def executing(*words: Any, **more: Any) -> Any:
        calls.append(words[0])
        return execute(*words, **more)

    def piping(**more: Any) -> Any:
        calls.append("pipeline")
        return pipeline(**more)

    client.execute_command, client.pipeline = executing, piping
    return calls
