"""Publishing events: kinds apart, in order, numbered without holes, bounded, and honest about a Redis that is away."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from redis.asyncio import Redis

from ops.embedded import servers
from ops.errors import Unavailable
from ops.intake_settings import IntakeSettings
from ops.settings import Settings
from storage.event_items import Event, MentionEvent, QuoteEvent, TrendingEvent
from storage.events import EVENT, EVENT_STREAMS, TOPIC, publish
from storage.redis import RedisState, open_redis
from storage.terms import Timeframe
from tests.graph.events.mentions import mention
from tests.ops.conftest import data_dir

__all__ = ["data_dir"]


BOUNDS = IntakeSettings(events=10_000)
FEW = IntakeSettings(events=500)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[RedisState]:
    """Redis, open and empty."""
    async with open_redis(Settings.model_validate({"redis_url": redis_url})) as opened:
        yield opened


async def entries(redis: RedisState, kind: type[Event]) -> list[tuple[tuple[int, int], bytes, Event]]:
    """Return what a stream holds: time and number, topic, event."""
    assert isinstance(redis.client, Redis)
    page: Any = await redis.client.xrange(EVENT_STREAMS[kind])
    found = []
    for entry_id, fields in page:
        time, number = map(int, entry_id.split(b"-"))
        found.append(((time, number), fields[TOPIC], msgspec.msgpack.decode(fields[EVENT], type=Event)))
    return found


async def test_kinds_travel_apart_and_arrive_whole(redis: RedisState) -> None:
    """What is read is what was published, under what it is about."""
    trending = TrendingEvent(Timeframe.DAY, datetime(2026, 1, 2, tzinfo=UTC))
    quote, mentioned = QuoteEvent("AAPL"), MentionEvent(mention(7, "MSFT"))
    await publish(redis, [quote, mentioned, trending], BOUNDS)
    assert [entry[1:] for entry in await entries(redis, TrendingEvent)] == [(b"day", trending)]
    assert [entry[1:] for entry in await entries(redis, QuoteEvent)] == [(b"AAPL", quote)]
    assert [entry[1:] for entry in await entries(redis, MentionEvent)] == [(b"MSFT", mentioned)]


async def test_numbers_have_no_holes_over_steps_and_calls(redis: RedisState) -> None:
    """1,250 events in two calls, more than one step each, follow each other by one, in their order."""
    symbols = [f"S{number}" for number in range(1_250)]
    await publish(redis, [QuoteEvent(symbol) for symbol in symbols[:600]], BOUNDS)
    await publish(redis, [QuoteEvent(symbol) for symbol in symbols[600:]], BOUNDS)
    found = await entries(redis, QuoteEvent)
    assert [entry[1].decode() for entry in found] == symbols
    assert all(after[0][1] - before[0][1] == 1 for before, after in pairwise(found))


async def test_a_stream_is_bounded_and_numbers_go_on(redis: RedisState) -> None:
    """Old entries leave by whole nodes of the stream; the newest stay."""
    for _ in range(10):
        await publish(redis, [QuoteEvent("AAPL")] * 300, FEW)
    found = await entries(redis, QuoteEvent)
    assert 500 <= len(found) < 1_000


async def test_long_texts_leave_before_a_stream_takes_too_much(redis: RedisState) -> None:
    """Of 200 mentions of 40 kB under a bound of 2 MB the newest stay, numbered on, published singly or together."""
    assert redis.client is not None
    bounds = IntakeSettings(events_megabytes=2)
    long = [MentionEvent(replace(mention(number), text="x" * 40_000)) for number in range(200)]
    await publish(redis, long[:100], bounds)
    for event in long[100:]:
        await publish(redis, [event], bounds)
    found = await entries(redis, MentionEvent)
    assert [entry[2] for entry in found] == long[-len(found) :]
    assert all(after[0][1] - before[0][1] == 1 for before, after in pairwise(found))
    most = 2_000_000 + 64 * 48_000
    assert len(found) > 20
    assert (await redis.client.memory_usage(EVENT_STREAMS[MentionEvent], samples=0) or most) < most


async def test_a_server_whose_memory_is_full_keeps_fewer_events(data_dir: Path) -> None:
    """Old events make room for new ones, more of them than fit at once; the server is the test's own."""
    long = [MentionEvent(replace(mention(number), text="x" * 40_000)) for number in range(500)]
    with servers(data_dir, postgres=False, valkey=True) as endpoints:
        own = {"redis_url": endpoints.redis_url, "deadlines": {"redis": 30}}  # twenty megabytes at once
        async with open_redis(Settings.model_validate(own)) as redis:
            assert redis.client is not None
            used = int((await redis.client.info("memory"))["used_memory"])
            await redis.client.config_set("maxmemory", used + 10_000_000)
            await publish(redis, long, BOUNDS)
            found = await entries(redis, MentionEvent)
            assert [entry[2] for entry in found] == long[-len(found) :]
            await redis.client.config_set("maxmemory", used)
            with pytest.raises(Unavailable, match="no memory"):
                await publish(redis, long[:1], BOUNDS)
            assert len(await entries(redis, MentionEvent)) == len(found) // 2


async def test_a_lost_stream_begins_at_a_number_that_no_count_explains(redis: RedisState) -> None:
    """After a flush the numbers are far from where they were: a reader can tell a new stream from a busy one."""
    assert redis.client is not None
    await publish(redis, [QuoteEvent("AAPL")], FEW)
    before = (await entries(redis, QuoteEvent))[0][0][1]
    await redis.client.flushdb()
    await publish(redis, [QuoteEvent("AAPL")], FEW)
    after = (await entries(redis, QuoteEvent))[0][0][1]
    assert abs(after - before) > 10**9


async def test_a_redis_that_is_away_or_absent_is_unavailable() -> None:
    """Publishers are told, so that they can publish again."""
    async with open_redis(Settings.model_validate({"redis_url": "redis://127.0.0.1:9/0"})) as away:
        with pytest.raises(Unavailable):
            await publish(away, [QuoteEvent("AAPL")], FEW)
    with pytest.raises(Unavailable):
        await publish(RedisState(None), [QuoteEvent("AAPL")], FEW)
