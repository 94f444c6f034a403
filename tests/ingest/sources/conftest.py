"""A fake web, a clock that only moves when told, and a bench on which polls publish into a real Valkey."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import structlog
from redis.asyncio import Redis

from ingest.sources.calls import Calls
from ingest.sources.client import CallPolicy
from ingest.sources.opening import opened
from ingest.sources.outlet import Outlet
from ingest.sources.polling import Outcome, run_once
from ingest.sources.workshop import Surroundings
from ops.metrics import make_metrics
from ops.settings import Settings
from storage.database import Database, open_database
from storage.intake_items import Item
from storage.intake_stream import POSTS, PRICES, IntakeStream
from storage.redis import open_redis
from storage.terms import Feed
from tests.ingest.sources.web import Web, served

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
QUICK = CallPolicy(seconds=1.0, tries=2, wait=0.001, longest_wait=0.002, body_bytes=200_000)


@dataclass(slots=True)
class Clock:
    """Time as the test tells it; to sleep moves it on."""

    now: datetime = NOW
    seconds: float = 1_000.0
    sleeps: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        """Note how long, and be there at once."""
        self.sleeps.append(seconds)
        self.move(seconds)

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds


@dataclass(slots=True)
class Bench:
    """Runs the polls of a source as a collector does, and reads what lies on the intake."""

    around: Surroundings
    redis: Redis
    clock: Clock

    async def run(self, feed: Feed, *names: str) -> dict[str, Outcome]:
        """Run a source's polls once in a process that starts now; `names` begin the names of those to run."""
        async with opened(feed, self.around) as polls:
            chosen = [poll for poll in polls if not names or poll.name.startswith(names)]
            assert chosen
            return {poll.name: await run_once(poll) for poll in chosen}

    async def items(self) -> list[Any]:
        """Return everything on the intake, prices last, in the order of publication."""
        streams = [await self.redis.xrange(name) or () for name in (POSTS, PRICES)]
        entries: list[Any] = [entry for entries in streams for entry in entries]
        return [msgspec.msgpack.decode(fields[b"item"], type=Item) for _, fields in entries]

    async def forget_items(self) -> None:
        """Drop the items, as scorers do when they have stored them; checkpoints stay."""
        await self.redis.delete(POSTS, PRICES)


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds; fail after a minute."""
    ends = time.monotonic() + 60
    while True:
        if await holds():
            return
        assert time.monotonic() < ends
        await asyncio.sleep(0.02)


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    """A server that answers as the test says."""
    async with served() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    """A clock at noon."""
    return Clock()


@pytest.fixture
async def bench_database() -> AsyncIterator[Database]:
    """A database that is away: most sources need none. Tests of those that do put their own here."""
    async with open_database(Settings.model_validate({"database_url": "postgresql://127.0.0.1:9/none"})) as away:
        yield away


@pytest.fixture
async def make_bench(bench_database: Database, redis_url: str, clock: Clock) -> AsyncIterator[Callable[..., Any]]:
    """Make a bench for settings that are given as groups of values."""
    base = {"database_url": bench_database.settings.database_url, "redis_url": redis_url}
    async with open_redis(Settings.model_validate(base)) as state:
        assert state.client is not None

        def make(**groups: dict[str, Any]) -> Bench:
            settings = Settings.model_validate({**base, **groups})
            around = Surroundings(
                settings,
                bench_database,
                Outlet(IntakeStream(state, settings)),
                Calls(make_metrics()),
                QUICK,
                lambda: clock.now,
                lambda: clock.seconds,
                clock.sleep,
            )
            assert state.client is not None
            return Bench(around, state.client, clock)

        yield make


@pytest.fixture
def log() -> Iterator[list[Any]]:
    """The log's events while the test runs."""
    with structlog.testing.capture_logs() as events:
        yield events
