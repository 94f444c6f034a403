"""Subscriptions while Redis is cut off, flushed, silent, restarted from nothing, absent: each outcome is told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from storage.event_items import MentionEvent
from storage.events import EVENT_STREAMS, publish
from storage.redis import open_redis
from tests.flows.subscribers import MENTIONS, QUOTES, Served, served, subscriber, until_joined
from tests.graph.events.mentions import mention
from tests.unix_relay import NAME, Relay


@asynccontextmanager
async def behind_relay(database_url: str, redis_url: str, folder: Path) -> AsyncIterator[tuple[Served, Relay]]:
    """Open the API with a relay between it and Redis."""
    parts = urlsplit(redis_url)
    relay = Relay(parts.path, folder)
    await relay.mend()
    url = f"unix://{folder / NAME}?db={parse_qs(parts.query)['db'][0]}"
    try:
        async with served(database_url, url, deadlines={"redis": 2.0, "connect": 5.0}) as api:
            yield api, relay
    finally:
        await relay.end()


async def publish_aside(api: Served, redis_url: str, *numbers: int) -> None:
    """Publish mentions past the relay."""
    async with open_redis(api.settings.model_validate({"redis_url": redis_url})) as redis:
        await publish(redis, [MentionEvent(mention(number)) for number in numbers], api.settings.intake)


async def test_a_cut_connection_loses_nothing(plain_database_url: str, redis_url: str, tmp_path: Path) -> None:
    """What is published while the process is cut off arrives when it is not; the subscriber sees no gap."""
    async with behind_relay(plain_database_url, redis_url, tmp_path) as (api, relay), subscriber(api) as client:
        client.subscribe(MENTIONS, symbols=["AAPL"])
        await until_joined(api, 1)
        await publish_aside(api, redis_url, 0)
        assert (await client.update())["mention"]["text"].startswith("Post 0 ")
        await relay.cut()
        await publish_aside(api, redis_url, 1, 2)
        await relay.mend()
        for number in (1, 2):
            update = await client.update()
            assert update["gap"] is None
            assert update["mention"]["text"].startswith(f"Post {number} ")


async def test_a_flush_is_a_gap_and_the_stream_goes_on(plain_database_url: str, redis_url: str) -> None:
    """The events that went are unknown, in number too; those that come are delivered."""
    async with served(plain_database_url, redis_url) as api, subscriber(api) as client:
        assert api.redis.client is not None
        client.subscribe(MENTIONS, symbols=["AAPL"])
        await until_joined(api, 1)
        await api.mention(0)
        await client.update()
        await api.redis.client.flushdb()
        await api.mention(1)
        gap, news = await client.update(), await client.update()
        assert gap["mention"] is None
        assert gap["gap"]["dropped"] is None
        assert gap["gap"]["from"] <= gap["gap"]["to"]
        assert (news["gap"], news["mention"]["text"].split()[1]) == (None, "1")


async def test_a_flush_while_cut_off_refreshes_states(plain_database_url: str, redis_url: str, tmp_path: Path) -> None:
    """Nothing is published again, and yet each followed quote comes anew, with a gap before it."""
    async with behind_relay(plain_database_url, redis_url, tmp_path) as (api, relay), subscriber(api) as client:
        await api.price("AAPL", 1.0)
        client.subscribe(QUOTES, symbols=["AAPL"])
        await client.update()
        await relay.cut()
        async with open_redis(api.settings.model_validate({"redis_url": redis_url})) as redis:
            assert redis.client is not None
            await redis.client.flushdb()
        await relay.mend()
        update = await client.update()
        assert update["quote"] == {"price": 1.0}
        assert update["gap"] is not None


async def test_a_token_whose_place_was_trimmed_is_a_gap(plain_database_url: str, redis_url: str) -> None:
    """Last week's token: for mentions a gap and then what is still there, for quotes the newest with a gap."""
    async with served(plain_database_url, redis_url, intake={"events": 100}) as api, subscriber(api) as client:
        client.subscribe(MENTIONS, symbols=["AAPL"])
        client.subscribe(QUOTES, "q", symbols=["AAPL"])
        quotes = await client.update()
        await until_joined(api, 2)
        await api.mention(0)
        mentions = await client.update()
        await api.price("AAPL", 5.0)
        quotes = await client.update()
        client.played.say({"type": "complete", "id": "s"})
        client.played.say({"type": "complete", "id": "q"})
        await until_joined(api, 0)
        for number in range(10):
            await api.mention(*range(number * 50, number * 50 + 50), symbol="MSFT")
            for _ in range(50):
                await api.price("MSFT", 1.0)
        assert api.redis.client is not None
        assert await api.redis.client.xlen(EVENT_STREAMS[MentionEvent]) < 300
        client.subscribe(MENTIONS, symbols=["AAPL"], after=mentions["cursor"])
        told = await client.update()
        assert (told["mention"], told["gap"]["dropped"]) == (None, None)
        assert told["gap"]["from"] < told["gap"]["to"]
        client.subscribe(QUOTES, "q", symbols=["AAPL"], after=quotes["cursor"])
        newest = await client.update()
        assert newest["quote"] == {"price": 5.0}
        assert newest["gap"] is not None
        await client.silent()


async def test_a_token_from_before_a_flush_is_a_gap(plain_database_url: str, redis_url: str) -> None:
    """The stream begins anew: the token's place is in none that exists."""
    async with served(plain_database_url, redis_url) as api:
        async with subscriber(api) as client:
            client.subscribe(MENTIONS, symbols=["AAPL"])
            await until_joined(api, 1)
            await api.mention(0)
            cursor = (await client.update())["cursor"]
        assert api.redis.client is not None
        await api.redis.client.flushdb()
        await api.mention(1)
        async with subscriber(api) as client:
            client.subscribe(MENTIONS, symbols=["AAPL"], after=cursor)
            assert (await client.update())["gap"]["dropped"] is None
            await until_joined(api, 1)
            await api.mention(2)
            assert (await client.update())["mention"]["text"].startswith("Post 2 ")


@pytest.mark.parametrize("address", [None, "redis://127.0.0.1:9/0"])
async def test_without_redis_a_subscription_is_refused(plain_database_url: str, address: str | None) -> None:
    """Absent from the settings, or never reached: UNAVAILABLE at once, and nothing is left behind."""
    async with served(plain_database_url, address, deadlines={"connect": 0.3}) as api, subscriber(api) as client:
        client.subscribe(MENTIONS, symbols=["AAPL"])
        assert (await client.error())["code"] == "UNAVAILABLE"
        assert api.hub.groups == 0


async def test_an_entry_that_cannot_be_read_is_a_gap_of_one(plain_database_url: str, redis_url: str) -> None:
    """Of a later release, or broken: whoever follows its symbol is told, and the stream goes on."""
    async with served(plain_database_url, redis_url) as api, subscriber(api) as client:
        assert api.redis.client is not None
        client.subscribe(MENTIONS, symbols=["AAPL"])
        await until_joined(api, 1)
        await api.mention(0)
        await client.update()
        stream = EVENT_STREAMS[MentionEvent]
        last = api.hub.position(MentionEvent)
        assert last is not None
        following = f"{last.milliseconds + 1}-{last.number + 1}"
        await api.redis.client.xadd(stream, {"of": "AAPL", "event": b"?"}, id=following)
        await api.mention(1)
        assert (await client.update())["gap"]["dropped"] == 1
        assert (await client.update())["mention"]["text"].startswith("Post 1 ")
