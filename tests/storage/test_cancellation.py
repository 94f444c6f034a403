"""A cancel that meets a Redis command ends its task, at whatever point of the command it comes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from redis.asyncio import Redis

from ops.settings import Settings
from storage.cancellation import cancels_kept
from storage.event_items import QuoteEvent
from storage.event_reader import BEGINNING, Position, between
from storage.events import publish
from storage.intake_stream import IntakeStream
from storage.lease import PREFIX, held
from storage.redis import RedisState, open_redis
from storage.redis_translation import AWAY, redis_translated

POINTS = 40
"""Turns of the event loop, one more each time, that the command is given before the cancel: more than it takes."""

Command = Callable[[RedisState, Settings], Awaitable[object]]


async def hold(redis: RedisState, _settings: Settings) -> None:
    """Take a lease and give it up."""
    async with held(redis, "work", 60.0, 0.0):
        pass


COMMANDS: dict[str, Command] = {
    "ping": lambda redis, _: redis.ping(),
    "checkpoint": lambda redis, settings: IntakeStream(redis, settings).checkpoint("one"),
    "intake": lambda redis, settings: IntakeStream(redis, settings).publish([], ("one", b"two")),
    "events": lambda redis, settings: publish(redis, [QuoteEvent("AAPL")], settings.intake),
    "past": lambda redis, _: between(_client(redis), QuoteEvent, BEGINNING, Position(1, 1)),
    "lease": hold,
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_cancel_is_never_lost(redis_url: str, command: str) -> None:
    """Either the command was over, or what comes after it does not run."""
    settings = Settings.model_validate({"redis_url": redis_url})
    async with open_redis(settings) as redis:
        await redis.ping()
        for turns in range(POINTS):
            task = asyncio.create_task(_run(COMMANDS[command], redis, settings))
            for _ in range(turns):
                await asyncio.sleep(0)
            over = task.done()
            task.cancel()
            await asyncio.wait({task})
            assert task.cancelled() is not over
            await _client(redis).delete(PREFIX + "work")


async def _run(command: Command, redis: RedisState, settings: Settings) -> None:
    await command(redis, settings)


async def test_a_cancel_is_told_and_not_what_came_after_it() -> None:
    """A caller that tries again where Redis is away must not take a cancel for that."""

    async def work() -> None:
        with redis_translated():
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
            raise AWAY[0]("gone")

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()


async def test_a_timeout_stays_one() -> None:
    """The cancel of a timeout that was swallowed is raised, and so becomes the timeout's."""

    async def late() -> None:
        async with asyncio.timeout(0.01):
            with cancels_kept(), suppress(asyncio.CancelledError):
                await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        await late()
    with cancels_kept():
        await asyncio.sleep(0)


def _client(redis: RedisState) -> Redis:
    assert redis.client is not None
    return redis.client
