"""PostgreSQL goes away under a jobs process, and comes back."""

import asyncio
from pathlib import Path

import pytest

from ingest.jobs.job import Job, Outcome, Surroundings
from ingest.jobs.run import run_these
from ops.errors import Unavailable
from ops.settings import Settings
from storage.breaker import Breaker
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.jobs import Taken
from storage.redis import RedisState
from tests.ingest.jobs.conftest import HOUR, SECONDS, until
from tests.unix_relay import relayed


async def test_jobs_go_on_when_the_database_is_back(
    tmp_path: Path, settings: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cut in the middle of a run: the leader gives its work up with the lease, waits, and runs it again afterwards."""
    assert settings.database_url
    begun, given_up = asyncio.Event(), asyncio.Event()
    runs = 0

    async def work(_: Surroundings, taken: Taken) -> Outcome:
        nonlocal runs
        runs += 1
        if runs > 1:
            return Outcome("after the outage")
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()
        raise AssertionError

    async with relayed(settings.database_url.get_secret_value(), tmp_path) as (url, relay):
        cut_off = Settings.model_validate({"database_url": url})
        async with open_database(cut_off) as behind, asyncio.timeout(3 * SECONDS), asyncio.TaskGroup() as tasks:
            stop = asyncio.Event()
            surroundings = Surroundings(behind, RedisState(None), cut_off)
            tasks.create_task(run_these([Job("one", HOUR, work)], surroundings, stop, 1.5))
            await begun.wait()
            await relay.cut()
            await given_up.wait()
            await relay.mend()
            row = await until(database, "one", lambda row: row.runs == 1)
            stop.set()
    assert (row.summary, row.failures) == ("after the outage", 0)
    said = capsys.readouterr().out
    assert "job_lost" in said
    assert "jobs_waiting" in said


async def test_a_process_that_starts_before_its_database_waits(
    tmp_path: Path, settings: Settings, database: Database
) -> None:
    """No server at the start: nothing ends, and the jobs are registered and run when it is there."""
    assert settings.database_url

    async def work(_: Surroundings, taken: Taken) -> Outcome:
        return Outcome("ran")

    async with relayed(settings.database_url.get_secret_value(), tmp_path) as (url, relay):
        await relay.cut()
        early = Settings.model_validate({"database_url": url})
        async with open_database(early) as behind, asyncio.timeout(3 * SECONDS), asyncio.TaskGroup() as tasks:
            stop = asyncio.Event()
            surroundings = Surroundings(behind, RedisState(None), early)
            tasks.create_task(run_these([Job("one", HOUR, work)], surroundings, stop))
            for _ in range(Breaker.FAILURES):
                with pytest.raises(Unavailable):
                    await behind.ping(Deadline.after(5))
            await relay.mend()
            await until(database, "one", lambda row: row.runs == 1)
            stop.set()
