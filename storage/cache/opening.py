"""Opening a process' row cache, and what it does beside requests: it finds out its database, and tells of itself."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog
from redis.exceptions import RedisError

from ops.errors import PublicError
from ops.settings import Settings
from storage.cache.invalidation import Invalidations
from storage.cache.memory import Memory
from storage.cache.remote import open_remote
from storage.cache.reports import TELL_SECONDS, Level, Report, take_back, tell, this_process
from storage.cache.rows import RowCache
from storage.cancellation import cancels_kept
from storage.database import Database
from storage.deadline import Deadline
from storage.session import Session

# One cluster's number, and the database's within it: two databases behind one Redis never share a row.
_ORIGIN: Final = """
SELECT (SELECT system_identifier FROM pg_control_system()) AS system, oid FROM pg_database
WHERE datname = current_database()
"""
_log = structlog.get_logger()


@asynccontextmanager
async def open_row_cache(
    settings: Settings, database: Database, invalidations: Invalidations
) -> AsyncGenerator[RowCache | None, None]:
    """Open the row cache; None where it is off, or where no Redis would tell of writes."""
    if settings.redis_url is None or not settings.cache.rows:
        yield None
        return
    async with open_remote(settings, invalidations) as remote:
        memory = Memory(settings.cache.row_bytes, time.monotonic)
        rows = RowCache(memory, remote, invalidations, settings.cache)
        beside = asyncio.create_task(_beside(rows, database))
        try:
            yield rows
        finally:
            beside.cancel()
            with suppress(asyncio.CancelledError):
                await beside
            await rows.background.aclose()
            with suppress(RedisError, OSError), cancels_kept():
                await take_back(remote.client)


async def find_origin(database: Database) -> str:
    """Return what tells this database from all others."""
    session = Session(database, Deadline.after(database.settings.deadlines.operation))
    row = await session.fetchrow("cache_origin", _ORIGIN)
    return f"{row['system']}.{row['oid']}" if row is not None else ""


async def _beside(rows: RowCache, database: Database) -> None:
    while True:
        try:
            if not rows.origin:
                rows.origin = await find_origin(database)
            with cancels_kept():
                await rows.asked.tell(rows.remote.client)
                await tell(rows.remote.client, report(rows))
        except (PublicError, RedisError, OSError) as error:
            _log.debug("cache_not_told", kind=type(error).__name__, reason=str(error))
        await asyncio.sleep(TELL_SECONDS)


def report(rows: RowCache) -> Report:
    """Say how this process' cache does."""
    return Report(
        process=this_process(),
        at=time.time(),
        trusted=rows.invalidations.trusted,
        heard=rows.invalidations.heard,
        rows=Level(
            len(rows.memory), rows.memory.bytes, rows.memory.most, rows.counts.memory_hits, rows.counts.memory_misses
        ),
        counts=rows.counts,
        responses=rows.responses() if rows.responses is not None else None,
    )
