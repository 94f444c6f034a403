"""Reading events: nothing is skipped in silence, whatever happened to the stream."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ops.errors import Unavailable
from ops.intake_settings import IntakeSettings
from ops.settings import Settings
from storage.event_items import QuoteEvent
from storage.event_reader import BEGINNING, Arrived, EventReader, Found, Missed, Position, between, open_event_reader
from storage.events import EVENT_STREAMS, publish
from storage.redis import RedisState, open_redis
from tests.unix_relay import NAME, Relay

BLOCK = 0.05


@pytest.fixture
def redis_settings(redis_url: str) -> Settings:
    """Settings that name the test's own Redis, and no database."""
    return Settings.model_validate({"redis_url": redis_url})


@pytest.fixture
async def redis(redis_settings: Settings) -> AsyncIterator[RedisState]:
    """Redis, open and empty."""
    async with open_redis(redis_settings) as opened:
        yield opened


@pytest.fixture
async def reader(redis_settings: Settings) -> AsyncIterator[EventReader]:
    """A reader that has not read yet."""
    async with open_event_reader(redis_settings, BLOCK) as opened:
        yield opened


async def say(redis: RedisState, *symbols: str, most: int = 10_000) -> None:
    """Publish a quote of each symbol."""
    await publish(redis, [QuoteEvent(symbol) for symbol in symbols], IntakeSettings(events=most))


def told(found: list[Found]) -> list[str]:
    """Return topics, and "missed" where entries were."""
    return [one.topic if isinstance(one, Arrived) else "missed" for one in found]


async def test_a_reader_starts_with_what_is_new(redis: RedisState, reader: EventReader) -> None:
    """What was there before it is not read; what comes is, in order, and once."""
    await say(redis, "OLD")
    assert await reader.locate() == []
    await say(redis, "AAPL", "MSFT")
    assert told(await reader.read()) == ["AAPL", "MSFT"]
    assert await reader.read() == []


async def test_the_first_entry_of_an_empty_stream_is_read(redis: RedisState, reader: EventReader) -> None:
    """A stream that did not exist has no beginning to be missed."""
    await reader.locate()
    await say(redis, "AAPL")
    assert told(await reader.read()) == ["AAPL"]


async def test_what_was_trimmed_before_it_was_read_is_told(redis: RedisState, reader: EventReader) -> None:
    """A reader that was away for longer than the stream reaches back."""
    await say(redis, "FIRST")
    await reader.locate()
    for _ in range(5):
        await say(redis, *["AAPL"] * 200, most=100)
    found = await reader.read()
    assert isinstance(found[0], Missed)
    assert told(found).count("missed") == 1


@pytest.mark.parametrize("comes_again", [True, False])
async def test_a_flush_is_told_once(redis: RedisState, reader: EventReader, *, comes_again: bool) -> None:
    """Whether something came since or nothing: the stream is another one, and is followed from there on."""
    assert redis.client is not None
    await say(redis, "FIRST")
    await reader.locate()
    await redis.client.flushdb()
    if comes_again:
        await say(redis, "AAPL")
        assert told(await reader.read()) == ["missed", "AAPL"]
    else:
        assert [type(one) for one in await reader.locate()] == [Missed]
    assert await reader.locate() == []
    await say(redis, "MSFT")
    assert told(await reader.read()) == ["MSFT"]


async def test_a_stream_whose_clock_went_back_is_followed(redis: RedisState, reader: EventReader) -> None:
    """A replica that took over with a clock behind: its entries are older than what was read, and still come."""
    assert redis.client is not None
    await say(redis, "FIRST")
    await reader.locate()
    await redis.client.flushdb()
    await redis.client.xadd(EVENT_STREAMS[QuoteEvent], {"of": "AAPL", "event": b""}, id="1000-7")
    assert [type(one) for one in await reader.locate()] == [Missed]
    await redis.client.xadd(EVENT_STREAMS[QuoteEvent], {"of": "MSFT", "event": b""}, id="1001-8")
    assert told(await reader.read()) == ["MSFT"]


async def test_a_page_of_the_past_ends_where_it_should(redis: RedisState, reader: EventReader) -> None:
    """After one position, up to and with another; a beginning that is gone is told."""
    assert redis.client is not None
    await reader.locate()
    await say(redis, "A", "B", "C", "D")
    a, _, c, _ = [one.position for one in await reader.read() if isinstance(one, Arrived)]
    assert told(await between(redis.client, QuoteEvent, a, c)) == ["B", "C"]
    assert told(await between(redis.client, QuoteEvent, Position(a.milliseconds - 1, a.number - 5), a)) == [
        "missed",
        "A",
    ]
    assert told(await between(redis.client, QuoteEvent, BEGINNING, a)) == ["missed", "A"]


async def test_a_redis_that_is_absent_or_away_is_unavailable() -> None:
    """The caller decides when to try again."""
    with pytest.raises(Unavailable):
        async with open_event_reader(Settings.model_validate({"redis_url": None})):
            pass
    async with open_event_reader(Settings.model_validate({"redis_url": "redis://127.0.0.1:9/0"})) as reader:
        with pytest.raises(Unavailable):
            await reader.locate()


async def test_a_redis_that_says_nothing_is_unavailable(redis_settings: Settings, tmp_path: Path) -> None:
    """A connection whose other end is gone without a word: the wait for its answer ends."""
    assert redis_settings.redis_url is not None
    parts = urlsplit(redis_settings.redis_url.get_secret_value())
    relay = Relay(parts.path, tmp_path)
    await relay.mend()
    url = f"unix://{tmp_path / NAME}?{parts.query}"
    through = redis_settings.model_validate({"redis_url": url, "deadlines": {"redis": 1.0}})
    try:
        async with open_event_reader(through, BLOCK) as reader:
            await reader.locate()
            relay.freeze()
            with pytest.raises(Unavailable):
                await reader.read()
    finally:
        await relay.end()
