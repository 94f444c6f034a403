"""Leases: one leader at a time, let go of, lost, renewed, and clocks that were set back."""

import asyncio

import pytest

from ingest.jobs.job import Job, Outcome, Surroundings
from ingest.jobs.run import run_these
from storage.jobs import Taken
from tests.ingest.jobs.conftest import HOUR, SECONDS, act, job, rows, running, until


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
        row = await until(surroundings.database, "one", lambda row: row.runs >= 25)
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
    row = (await rows(surroundings.database))["long"]
    assert (row.leased_until, row.failures, row.runs) == (None, 0, 0)

    async def short(taken: Taken) -> Outcome:
        return Outcome("taken over")

    async with running(surroundings, job("long", short)):
        assert (await until(surroundings.database, "long", lambda row: row.runs == 1)).summary == "taken over"


async def test_a_leader_whose_lease_was_taken_gives_up(surroundings: Surroundings) -> None:
    """A process that slept through its lease: another takes the job, and the first is cancelled and settles nothing."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow(taken: Taken) -> Outcome:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    async def quick(taken: Taken) -> Outcome:
        return Outcome("by the other")

    async with running(surroundings, job("one", slow), lease_seconds=1.5) as first:
        await begun.wait()
        first_lease = (await rows(surroundings.database))["one"]
        assert first_lease.running
        await act(
            surroundings.database, "UPDATE jobs SET leased_until = now() - interval '1 second', lease = lease + 1"
        )
        await ended.wait()
        first.set()
    async with running(surroundings, job("one", quick)):
        row = await until(surroundings.database, "one", lambda row: row.runs == 1)
    assert (row.summary, row.failures) == ("by the other", 0)


async def test_a_lease_that_is_renewed_outlives_itself(surroundings: Surroundings) -> None:
    """Work three times as long as the lease is never taken by the others that look for it."""
    inside, most = 0, 0

    async def work(taken: Taken) -> Outcome:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(4.5)
        inside -= 1
        return Outcome("held")

    async with running(surroundings, job("one", work), lease_seconds=1.5):
        row = await until(surroundings.database, "one", lambda row: row.runs == 1)
    assert (most, row.summary) == (1, "held")


@pytest.mark.parametrize(
    "step",
    [
        "UPDATE jobs SET due_at = now() + interval '10 days'",
        "UPDATE jobs SET due_at = now(), leased_until = now() + interval '10 days', holder = 'gone:1'",
        "UPDATE jobs SET due_at = now() - interval '10 days'",
    ],
    ids=["due far ahead", "leased far ahead", "due long ago"],
)
async def test_a_clock_that_was_set_back_stops_nothing(surroundings: Surroundings, step: str) -> None:
    """Due times and leases from a clock that ran ahead do not hold; a time long past is one run, not many."""

    async def work(taken: Taken) -> Outcome:
        return Outcome("ran")

    async with running(surroundings, job("one", work)):
        await until(surroundings.database, "one", lambda row: row.runs == 1)
        await act(surroundings.database, step)
        row = await until(surroundings.database, "one", lambda row: row.runs == 2)
    assert row.due_at.timestamp() % HOUR == 0
    assert row.runs == 2


async def test_another_interval_is_taken_up(surroundings: Surroundings) -> None:
    """A job registered with a new interval is due at once, and then by the new one."""

    async def work(taken: Taken) -> Outcome:
        return Outcome("ran")

    async with running(surroundings, job("one", work)):
        await until(surroundings.database, "one", lambda row: row.runs == 1)
    async with running(surroundings, Job("one", 7, lambda _, taken: work(taken))):
        row = await until(surroundings.database, "one", lambda row: row.runs > 1)
    assert row.every == 7
    assert row.due_at.timestamp() % 7 == 0
