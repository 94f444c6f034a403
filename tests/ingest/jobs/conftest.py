"""What tests of jobs share: surroundings, and a look at the rows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ingest.jobs.job import Job, Outcome, Surroundings
from ingest.jobs.run import run_these
from ops.settings import Settings
from storage import jobs
from storage.database import Database
from storage.deadline import Deadline
from storage.jobs import JobRow, Taken
from storage.redis import RedisState
from storage.session import Session

SECONDS = 20.0
HOUR = 3_600


@pytest.fixture
def surroundings(database: Database, settings: Settings) -> Surroundings:
    """A database of the test's own, and no Redis: nothing is published."""
    return Surroundings(database, RedisState(None), settings)


async def rows(database: Database) -> dict[str, JobRow]:
    """The jobs as they stand."""
    return {row.name: row for row in await jobs.listing(Session(database, Deadline.after(SECONDS)))}


async def until(database: Database, name: str, met: Callable[[JobRow], bool]) -> JobRow:
    """Wait until a job's row is as wanted."""
    async with asyncio.timeout(4 * SECONDS):
        while True:
            row = (await rows(database)).get(name)
            if row is not None and met(row):
                return row
            await asyncio.sleep(0.02)


async def act(database: Database, sql: str) -> None:
    """Do to the tables what no code does: wind clocks, say."""
    async with database.lease(Deadline.after(SECONDS)) as connection:
        await connection.execute(sql)


@asynccontextmanager
async def running(surroundings: Surroundings, *known: Job, lease_seconds: float = 30.0) -> AsyncIterator[asyncio.Event]:
    """Run jobs while the block runs; yield what stops them."""
    stop = asyncio.Event()
    async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as tasks:
        tasks.create_task(run_these(known, surroundings, stop, lease_seconds))
        try:
            yield stop
        finally:
            stop.set()


def job(name: str, work: Callable[[Taken], Awaitable[Outcome]], **more: Any) -> Job:
    """Make a job that is due once an hour."""
    return Job(name, HOUR, lambda _, taken: work(taken), **more)
