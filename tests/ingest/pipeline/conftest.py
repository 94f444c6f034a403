"""A worker in this process, on real servers, and eyes for what it leaves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from ingest.pipeline.worker import run_worker
from ops.settings import Settings
from storage.database import Database
from storage.dead_letters import DeadLetters
from storage.deadline import Deadline
from storage.event_items import Event, MentionEvent, QuoteEvent
from storage.events import EVENT, EVENT_STREAMS
from storage.intake_items import CollectedPost
from storage.intake_stream import IntakeStream
from storage.redis import RedisState, open_redis
from storage.redis_translation import connected
from storage.rows import StockRow
from storage.terms import Source
from storage.write_stocks import write_stocks

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
PATIENCE = 100.0
Working = Callable[[], AbstractAsyncContextManager[asyncio.Task[None]]]


def post(external_id: str, text: str = "$AAPL is great", seconds: int = 0, **fields: object) -> CollectedPost:
    """Make a post as read some seconds after NOW."""
    return msgspec.structs.replace(
        CollectedPost(Source.X, external_id, NOW, NOW + timedelta(seconds=seconds), text), **fields
    )


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[RedisState]:
    """A client."""
    async with open_redis(settings) as opened:
        yield opened


@pytest.fixture
def stream(redis: RedisState, settings: Settings) -> IntakeStream:
    """The collectors' end."""
    return IntakeStream(redis, settings)


@pytest.fixture
def letters(redis: RedisState, settings: Settings) -> DeadLetters:
    """The dead letters."""
    return DeadLetters(redis, settings)


@pytest.fixture
async def listed(database: Database) -> Database:
    """A database that lists two stocks."""
    rows = [StockRow(symbol, symbol, None, None, None, None, simulated=False) for symbol in ("AAPL", "MSFT")]
    await write_stocks(database, rows)
    return database


@pytest.fixture
def working(settings: Settings) -> Working:
    """Run a worker while a block runs, and stop it at the end."""

    @asynccontextmanager
    async def work() -> AsyncIterator[asyncio.Task[None]]:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(run_worker(settings, stop))
            try:
                yield task
            finally:
                stop.set()

    return work


async def eventually(ready: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that must come."""
    async with asyncio.timeout(PATIENCE):
        while not await ready():  # noqa: ASYNC110 - what is waited for happens on a server
            await asyncio.sleep(0.02)


async def empty(stream: IntakeStream) -> None:
    """Wait until all work is done."""

    async def done() -> bool:
        return not any((await stream.lengths()).values())

    await eventually(done)


async def rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    """Ask for some rows."""
    async with database.lease(Deadline.after(10)) as connection:
        return [tuple(row) for row in await connection.fetch(sql)]


async def told(redis: RedisState, kind: type[MentionEvent] | type[QuoteEvent]) -> list[Event]:
    """Read the events of a kind."""
    decoder = msgspec.msgpack.Decoder(Event)
    entries: Any = await connected(redis).xrange(EVENT_STREAMS[kind])
    return [decoder.decode(fields[EVENT]) for _, fields in entries]
