"""The jobs process: a few slots, each of which takes what is due, leads it under a lease, and notes how it went.

Nothing lives here only: a job's due time, failures and position are in its row, so a killed process loses a run and no
more, and another takes it over when the lease ends.
"""

import asyncio
import os
import random
import socket
from collections.abc import Sequence

import structlog

from ingest.jobs.catalogue import catalogue
from ingest.jobs.job import Job, Surroundings
from ingest.jobs.leading import Leading
from ops.errors import PublicError
from ops.metrics import Metrics, make_metrics
from ops.settings import Settings
from storage import jobs
from storage.database import open_database
from storage.deadline import Deadline
from storage.measured import MeasuredFeeds, MeasuredQueues
from storage.measured_database import statements_measured
from storage.redis import open_redis
from storage.session import Session

_log = structlog.get_logger()

SLOTS = 3
LEASE_SECONDS = 30.0
_LOOK_SECONDS = 1.0
_LONGEST_BACK_OFF = 15.0


async def run_jobs(settings: Settings, stop: asyncio.Event, metrics: Metrics | None = None) -> None:
    """Run the jobs of these settings until `stop`; servers that are away are waited for."""
    async with open_database(settings) as database, open_redis(settings) as redis:
        metrics = metrics or make_metrics()
        metrics.refreshers.extend((MeasuredQueues(redis, metrics), MeasuredFeeds(database, metrics)))
        with statements_measured(metrics, database):
            await run_these(catalogue(settings), Surroundings(database, redis, settings, metrics), stop)


async def run_these(
    known: Sequence[Job], surroundings: Surroundings, stop: asyncio.Event, lease_seconds: float = LEASE_SECONDS
) -> None:
    """Run some jobs until `stop`. A job in hand is let go of then, and stays due."""
    leading = Leading({job.name: job for job in known}, surroundings, stop, lease_seconds, holder())
    _log.info("jobs_started", jobs=[job.name for job in known])
    await _register(known, surroundings, stop)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(SLOTS):
            tasks.create_task(_slot(leading, stop))
    _log.info("jobs_stopped")


def holder() -> str:
    """Return what names this process in a job's row: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


async def _register(known: Sequence[Job], surroundings: Surroundings, stop: asyncio.Event) -> None:
    failures = 0
    while not stop.is_set():
        session = Session(surroundings.database, Deadline.after(surroundings.settings.deadlines.operation))
        try:
            await jobs.register(session, {job.name: job.every for job in known})
        except PublicError as error:
            failures += 1
            _log.warning("jobs_waiting", reason=str(error))
            await _pause(stop, failures)
        else:
            return


async def _slot(leading: Leading, stop: asyncio.Event) -> None:
    failures = 0
    while not stop.is_set():
        try:
            found = await leading.take_and_run()
        except PublicError as error:
            failures += 1
            _log.warning("jobs_waiting", reason=str(error))
            await _pause(stop, failures)
            continue
        failures = 0
        if not found:
            await _pause(stop, 0)


async def _pause(stop: asyncio.Event, failures: int) -> None:
    """Wait until the next look, or the stop; longer after failures, and never quite as long as other slots do."""
    seconds = min(_LOOK_SECONDS * 2**failures, _LONGEST_BACK_OFF) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
