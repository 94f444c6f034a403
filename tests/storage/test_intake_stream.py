"""What enters the intake: items with their checkpoint, in one step, while there is room."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis

from ops.embedded import servers
from ops.errors import Unavailable
from ops.settings import Settings
from storage.intake_items import CollectedPost, CollectedQuote, Item, RemovedPost
from storage.intake_stream import POSTS, PRICES, STEP, IntakeFull, IntakeStream
from storage.redis import RedisState, open_redis
from storage.terms import Source
from tests.ops.conftest import data_dir
from tests.slow_relay import slowed

__all__ = ["data_dir"]

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
QUOTE = CollectedQuote("AAPL", 10.0, NOW)


@pytest.fixture
def small(redis_url: str) -> Settings:
    """Settings with the smallest backlog."""
    return Settings.model_validate({"redis_url": redis_url, "intake": {"backlog": 1_000}})


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    """A client of the test's own, to look behind the stream."""
    async with Redis.from_url(redis_url) as opened:
        yield opened


def post(number: int) -> CollectedPost:
    """Make a small post."""
    return CollectedPost(Source.X, str(number), NOW, NOW, "text")


async def test_items_enter_by_kind_with_their_checkpoint(small: Settings) -> None:
    """Posts and removals wait on one stream, prices on the other; the checkpoint can be read back."""
    items: list[Item] = [post(1), QUOTE, RemovedPost(Source.X, "2", NOW)]
    async with open_redis(small) as redis:
        stream = IntakeStream(redis, small)
        assert await stream.checkpoint("x") is None
        await stream.publish(items, ("x", b"\x00here"))
        assert await stream.lengths() == {POSTS: 2, PRICES: 1}
        assert await stream.checkpoint("x") == b"\x00here"
        await stream.publish([], ("x", b"further"))
        assert await stream.checkpoint("x") == b"further"


async def test_a_full_stream_takes_neither_items_nor_checkpoint(small: Settings) -> None:
    """What does not fit whole stays out whole, the other stream's items and the checkpoint included."""
    async with open_redis(small) as redis:
        stream = IntakeStream(redis, small)
        await stream.publish([post(number) for number in range(990)], ("x", b"before"))
        with pytest.raises(IntakeFull, match="posts has been full for 0"):
            await stream.publish([QUOTE, *(post(number) for number in range(11))], ("x", b"after"), seconds=0)
        assert await stream.lengths() == {POSTS: 990, PRICES: 0}
        assert await stream.checkpoint("x") == b"before"


async def test_long_texts_fill_a_stream_before_its_entries_do(redis_url: str) -> None:
    """Also behind many short ones, on a server without a memory limit; an empty stream takes what it is given."""
    settings = Settings.model_validate({"redis_url": redis_url, "intake": {"backlog_megabytes": 1}})
    long = [CollectedPost(Source.X, f"long {number}", NOW, NOW, "x" * 40_000) for number in range(20)]
    async with open_redis(settings) as redis:
        stream = IntakeStream(redis, settings)
        await stream.publish([post(number) for number in range(1_000)])
        await stream.publish(long, seconds=0)
        with pytest.raises(IntakeFull, match="posts has been full"):
            await stream.publish(long, seconds=0)
        assert await stream.lengths() == {POSTS: 1_020, PRICES: 0}
        await stream.publish([QUOTE], seconds=0)
        assert redis.client is not None
        await redis.client.delete(POSTS)
        await stream.publish(long + long, seconds=0)
        assert await stream.lengths() == {POSTS: 40, PRICES: 1}


async def test_publishing_goes_on_when_room_is_made(small: Settings, client: Redis) -> None:
    """A collector waits for scorers, and needs no new call."""
    async with open_redis(small) as redis:
        stream = IntakeStream(redis, small)
        await stream.publish([post(number) for number in range(1_000)])
        waiting = asyncio.create_task(stream.publish([post(1_000 + number) for number in range(2 * STEP)]))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await client.xtrim(POSTS, maxlen=0)
        await waiting
        assert await client.xlen(POSTS) == 2 * STEP


async def test_a_redis_without_memory_is_a_full_intake(data_dir: Path) -> None:
    """The server's refusal means "later", not "never"; the server is the test's own, to starve nobody else."""
    with servers(data_dir, postgres=False, valkey=True) as endpoints:
        own = Settings.model_validate({"redis_url": endpoints.redis_url})
        async with open_redis(own) as redis, Redis.from_url(str(endpoints.redis_url)) as client:
            stream = IntakeStream(redis, own)
            await client.config_set("maxmemory", 1)
            with pytest.raises(IntakeFull, match="memory"):
                await stream.publish([QUOTE], seconds=0)
            await client.config_set("maxmemory", 0)
            await stream.publish([QUOTE], seconds=0)
            assert await stream.lengths() == {POSTS: 0, PRICES: 1}


async def test_hundreds_at_once_wait_for_their_turn(redis_url: str, tmp_path: Path) -> None:
    """Polls that all begin at once find few connections; none is refused, and one is left for who renews a lease.

    The way to Redis is so long that all of them together take three times what one command may.
    """
    parts = urlsplit(redis_url)
    far = f"unix://{tmp_path / 'far'}?{parts.query}"
    settings = Settings.model_validate({"redis_url": far, "redis_pool": 2, "deadlines": {"redis": 1.0}})
    async with slowed(Path(parts.path), tmp_path / "far", 0.005), open_redis(settings) as redis:
        assert redis.client is not None
        stream = IntakeStream(redis, settings)
        reading = [asyncio.create_task(stream.checkpoint(f"poll {number}")) for number in range(400)]
        writing = [asyncio.create_task(stream.publish([QUOTE], (f"poll {n}", b"state"))) for n in range(200)]
        await asyncio.sleep(0)
        assert await redis.client.ping()
        assert not all(task.done() for task in writing)
        await asyncio.gather(*reading, *writing)
        assert await stream.lengths() == {POSTS: 0, PRICES: 200}


async def test_without_a_server_publishing_says_so(small: Settings) -> None:
    """A Redis that is away, and one that was never named, are coded errors."""
    with pytest.raises(Unavailable, match="INSITECHART_REDIS_URL"):
        await IntakeStream(RedisState(None), small).publish([QUOTE])
    nowhere = Settings.model_validate({"redis_url": "unix:///nowhere/at/all.sock"})
    async with open_redis(nowhere) as redis:
        with pytest.raises(Unavailable, match="unreachable"):
            await IntakeStream(redis, nowhere).checkpoint("x")
