"""Jobs in processes of their own: killed ones are taken over, and trending is stored and published by one of many."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from redis.asyncio import Redis

from ingest.jobs.job import Job, Outcome, Surroundings
from ingest.jobs.run import run_these
from ops.settings import Settings
from storage.database import Database
from storage.deadline import Deadline
from storage.event_items import Event, TrendingEvent
from storage.events import EVENT_STREAMS
from storage.jobs import Taken
from storage.redis import RedisState
from storage.terms import Timeframe
from storage.write_posts import write_posts
from tests.ingest.jobs.conftest import SECONDS, rows, until
from tests.ingest.jobs.leader_process import LEASE_SECONDS
from tests.storage.floods import post
from tests.storage.histories import live


@asynccontextmanager
async def leader(settings: Settings, what: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a leader's process, and kill it at the end if it still lives."""
    assert settings.database_url
    assert settings.redis_url
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.ingest.jobs.leader_process", what),
        env={
            **os.environ,
            "INSITECHART_DATABASE_URL": settings.database_url.get_secret_value(),
            "INSITECHART_REDIS_URL": settings.redis_url.get_secret_value(),
            "INSITECHART_TRENDING_INTERVAL": "2",
        },
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_killed_leaders_job_is_taken_over(database: Database, settings: Settings) -> None:
    """Kill -9 in the middle of a run: nobody takes the job before its lease ends, and then another does."""
    async with leader(settings, "hang") as process:
        held = await until(database, "one", lambda row: row.running)
        assert held.holder is not None
        assert held.holder.endswith(f":{process.pid}")
        await asyncio.sleep(LEASE_SECONDS)  # the leader lives, and renews: the job stays its own
        assert (await rows(database))["one"].holder == held.holder
        process.kill()
        await process.wait()
    took: list[datetime] = []

    async def work(_: Surroundings, taken: Taken) -> Outcome:
        took.append(datetime.now(UTC))
        return Outcome("taken over")

    last = (await rows(database))["one"].leased_until
    assert last is not None
    stop = asyncio.Event()
    async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as tasks:
        known = [Job("one", 3_600, work)]
        tasks.create_task(run_these(known, Surroundings(database, RedisState(None), settings), stop, LEASE_SECONDS))
        row = await until(database, "one", lambda row: row.runs == 1)
        stop.set()
    assert row.summary == "taken over"
    assert took[0] >= last


async def test_many_processes_store_and_publish_each_snapshot_once(database: Database, settings: Settings) -> None:
    """Three processes, one killed: one snapshot per instant and timeframe, aligned, and an event for each run."""
    await live(database, [])
    now = datetime.now(UTC)
    await write_posts(database, [post(number, "AAPL", now - timedelta(minutes=number)) for number in range(50)])
    names = [f"trending-{timeframe.value}" for timeframe in Timeframe]
    async with leader(settings, "jobs") as first, leader(settings, "jobs"), leader(settings, "jobs") as third:
        for name in names:
            await until(database, name, lambda row: row.runs >= 2)
        first.kill()
        before = {name: (await rows(database))[name].runs for name in names}
        for name in names:
            await until(database, name, lambda row, name=name: row.runs >= before[name] + 2)  # type: ignore[misc]
        third.terminate()
        assert await third.wait() == 0
    stored = await _snapshots(database)
    assert len(stored) == len(set(stored))
    assert all(end.timestamp() % 2 == 0 for _, end in stored)
    assert settings.redis_url
    published = await _published(settings.redis_url.get_secret_value())
    ran = await rows(database)
    for timeframe in Timeframe:  # a run is noted after it published; one that was killed before is no run
        told = {event.window_end for event in published if event.timeframe is timeframe}
        assert len(told) >= ran[f"trending-{timeframe.value}"].runs
    assert {"clear-texts", "purge-tombstones", "repair-rollups", "count-mentions"} <= ran.keys()
    assert [name for name in ran if ran[name].error is not None] == []


async def _snapshots(database: Database) -> list[tuple[Any, Any]]:
    async with database.lease(Deadline.after(SECONDS)) as connection:
        found = await connection.fetch("SELECT timeframe, window_to FROM trending_snapshots")
    return [(row["timeframe"], row["window_to"]) for row in found]


async def _published(redis_url: str) -> list[TrendingEvent]:
    async with Redis.from_url(redis_url) as client:
        entries: Any = await client.xrange(EVENT_STREAMS[TrendingEvent])
    events = [msgspec.msgpack.decode(fields[b"event"], type=Event) for _, fields in entries]
    return [event for event in events if isinstance(event, TrendingEvent)]
