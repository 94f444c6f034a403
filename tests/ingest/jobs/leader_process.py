"""A process that runs jobs, `python -m tests.ingest.jobs.leader_process hang|jobs`; the environment names servers."""

import asyncio
import signal
import sys

from ingest.jobs.job import Job, Outcome, Surroundings
from ingest.jobs.run import run_jobs, run_these
from ops.settings import Settings
from storage.database import open_database
from storage.jobs import Taken
from storage.redis import RedisState

LEASE_SECONDS = 1.5


async def hang(_surroundings: Surroundings, _taken: Taken) -> Outcome:
    """Never end."""
    await asyncio.Event().wait()
    raise AssertionError


async def main(what: str) -> None:
    """Run the project's jobs, or one that hangs, until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = Settings()
    if what == "jobs":
        await run_jobs(settings, stop)
        return
    async with open_database(settings) as database:
        known = [Job("one", 3_600, hang)]
        await run_these(known, Surroundings(database, RedisState(None), settings), stop, LEASE_SECONDS)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
