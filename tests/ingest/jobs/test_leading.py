"""Jobs as rows: run when due, noted, tried again, and none in the way of another."""

import asyncio

import pytest

from ingest.jobs.job import Outcome, Surroundings
from ops.errors import Unavailable
from storage import jobs
from storage.deadline import Deadline
from storage.jobs import Taken
from storage.session import Session
from tests.ingest.jobs.conftest import HOUR, SECONDS, job, running, until


async def test_a_job_runs_when_due_and_notes_how_it_went(surroundings: Surroundings) -> None:
    """A new job is due at once; its row then tells summary, position and the next multiple of its interval."""

    async def work(taken: Taken) -> Outcome:
        return Outcome("went well", {"place": 7})

    async with running(surroundings, job("good", work)):
        row = await until(surroundings.database, "good", lambda row: row.runs == 1)
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
        await until(surroundings.database, "pieces", lambda row: row.runs == 4)
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
        again = await until(surroundings.database, "a-bad-0", lambda row: row.failures >= 2)
        other = await until(surroundings.database, "a-bad-1", lambda row: row.failures >= 2)
        await until(surroundings.database, "good", lambda row: row.runs >= 3)
    assert again.error == "Unavailable: Redis is unreachable."
    assert other.error is not None
    assert other.error.startswith("ValueError: no such thing!")
    assert len(other.error) == jobs.ERROR_CHARACTERS
    assert other.error.endswith("…")
    assert again.ended_at is not None
    assert (again.due_at - again.ended_at).total_seconds() == pytest.approx(2 ** (again.failures - 1), abs=0.5)


async def test_a_run_asked_for_during_a_run_follows(surroundings: Surroundings) -> None:
    """What was made due while it ran may concern what the run had passed already: it runs once more."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work(taken: Taken) -> Outcome:
        begun.set()
        await go_on.wait()
        return Outcome("ran")

    async with running(surroundings, job("one", work)):
        await begun.wait()
        assert await jobs.make_due(Session(surroundings.database, Deadline.after(SECONDS)), "one")
        go_on.set()
        row = await until(surroundings.database, "one", lambda row: row.runs == 2)
    assert row.due_at.timestamp() % HOUR == 0


async def test_a_job_that_cancels_itself_has_failed(surroundings: Surroundings) -> None:
    """A cancellation that nobody asked for is a failure like others, and the slot goes on."""

    async def work(taken: Taken) -> Outcome:
        raise asyncio.CancelledError

    async with running(surroundings, job("one", work)):
        row = await until(surroundings.database, "one", lambda row: row.failures == 3)
    assert row.error == "RuntimeError: the job cancelled itself"


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
        row = await until(surroundings.database, "hangs", lambda row: row.failures > 0)
        await ended.wait()
    assert row.error == "not done within 0.1 seconds"
