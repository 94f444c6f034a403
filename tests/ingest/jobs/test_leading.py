"""Jobs as rows: one leader at a time, back-off, takeover, and other jobs that go on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ingest.jobs.job import Job, Outcome, Surroundings
from ingest.jobs.run import run_these
from ops.errors import Unavailable
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
    """A database of the test's own, and no Redis: these jobs publish nothing."""
    return Surroundings(database, RedisState(None), settings)


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


async def rows(surroundings: Surroundings) -> dict[str, JobRow]:
    """The jobs as they stand."""
    return {row.name: row for row in await jobs.listing(Session(surroundings.database, Deadline.after(SECONDS)))}


async def until(surroundings: Surroundings, name: str, met: Callable[[JobRow], bool]) -> JobRow:
    """Wait until a job's row is as wanted; the test's timeout bounds it."""
    while True:
        row = (await rows(surroundings)).get(name)
        if row is not None and met(row):
            return row
        await asyncio.sleep(0.02)


async def act(surroundings: Surroundings, sql: str, *args: Any) -> None:
    """Do to the table what no code does: wind clocks, say."""
    async with surroundings.database.lease(Deadline.after(SECONDS)) as connection:
        await connection.execute(sql, *args)


async def test_a_job_runs_when_due_and_notes_how_it_went(surroundings: Surroundings) -> None:
    """A new job is due at once; its row then tells summary, position and the next multiple of its interval."""

    async def work(taken: Taken) -> Outcome:
        return Outcome("went well", {"place": 7})

    async with running(surroundings, job("good", work)):
        row = await until(surroundings, "good", lambda row: row.runs == 1)
    assert (row.summary, row.error, row.failures, row.running) == ("went well", None, 0, False)
    assert row.due_at.timestamp() % HOUR == 0
    assert row.ended_at is not None
    assert 0 < (row.due_at - row.ended_at).total_seconds() <= HOUR


async def test_a_position_comes_back_and_again_means_at_once(surroundings: Surroundings) -> None:
    """Work in pieces: each run begins where the one before ended, without waiting for the interval."""
    places = []

    async def work(taken: Taken) -> Outcome:
        place = taken.position.get("place", 0)
        places.append(place)
        return Outcome(f"at {place}", {"place": place + 1}, again=place < 3)

    async with running(surroundings, job("pieces", work)):
        await until(surroundings, "pieces", lambda row: row.runs == 4)
    assert places == [0, 1, 2, 3]


async def test_a_job_that_always_fails_holds_up_no_other(surroundings: Surroundings) -> None:
    """More failing jobs than slots: each is counted and backs off, and the good one runs meanwhile."""

    async def bad(taken: Taken) -> Outcome:
        raise ValueError("no such thing" + "!" * 1_000)

    async def away(taken: Taken) -> Outcome:
        raise Unavailable("Redis is unreachable.")

    async def good(taken: Taken) -> Outcome:
        return Outcome("fine", again=True)

    bads = [job(f"a-bad-{number}", bad if number else away) for number in range(5)]
    async with running(surroundings, *bads, job("good", good)):
        again = await until(surroundings, "a-bad-0", lambda row: row.failures >= 2)
        other = await until(surroundings, "a-bad-1", lambda row: row.failures >= 2)
        await until(surroundings, "good", lambda row: row.runs >= 3)
    assert again.error == "Unavailable: Redis is unreachable."
    assert other.error is not None
    assert other.error.startswith("ValueError: no such thing!")
    assert len(other.error) == jobs.ERROR_CHARACTERS
    assert other.error.endswith("…")
    assert again.ended_at is not None
    assert (again.due_at - again.ended_at).total_seconds() == pytest.approx(2 ** (again.failures - 1), abs=0.5)


async def test_a_job_that_hangs_is_ended(surroundings: Surroundings) -> None:
    """Work beyond its time is cancelled and counted as a failure."""
    ended = asyncio.Event()

    async def hang(taken: Taken) -> Outcome:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    async with running(surroundings, job("hangs", hang, most=0.1)):
        row = await until(surroundings, "hangs", lambda row: row.failures > 0)
        await ended.wait()
    assert row.error == "not done within 0.1 seconds"


async def test_one_leads_among_many(surroundings: Surroundings) -> None:
    """Five processes' worth of slots and one job that is due ever again: never two of it at once."""
    inside, most, runs = 0, 0, 0

    async def work(taken: Taken) -> Outcome:
        nonlocal inside, most, runs
        inside, runs = inside + 1, runs + 1
        most = max(most, inside)
        await asyncio.sleep(0.01)
        inside -= 1
        return Outcome("counted", again=True)

    stop = asyncio.Event()
    async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as tasks:
        for _ in range(5):
            tasks.create_task(run_these([job("one", work)], surroundings, stop))
        row = await until(surroundings, "one", lambda row: row.runs >= 25)
        stop.set()
    assert most == 1
    assert runs >= row.runs


async def test_stopping_lets_go(surroundings: Surroundings) -> None:
    """A stopped process's job is cancelled, stays due, and is free for others at once; no failure is counted."""
    begun = asyncio.Event()

    async def long(taken: Taken) -> Outcome:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with running(surroundings, job("long", long)) as stop:
        await begun.wait()
        stop.set()
    row = (await rows(surroundings))["long"]
    assert (row.leased_until, row.failures, row.runs) == (None, 0, 0)

    async def short(taken: Taken) -> Outcome:
        return Outcome("taken over")

    async with running(surroundings, job("long", short)):
        assert (await until(surroundings, "long", lambda row: row.runs == 1)).summary == "taken over"
