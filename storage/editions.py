"""Which of three back ends a database is: found by trying, since an Apache build may report the other licence."""

from enum import Enum
from typing import Any

import asyncpg

# Defined by TimescaleDB's loader, so it exists only where the library was preloaded; anyone may read it.
_LOADED = "SELECT current_setting('timescaledb.bgw_launcher_poll_time', true) IS NOT NULL"
_AVAILABLE = "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb')"
_INSTALLED = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')"
# Gap filling is the community edition's: the Apache edition answers "feature not supported".
_COMMUNITY = """
SELECT time_bucket_gapfill('1 hour', t, now() - interval '1 hour', now()) FROM (VALUES (now())) AS probe (t) GROUP BY 1
"""


class Edition(Enum):
    """Plain PostgreSQL, or TimescaleDB in one of its two editions."""

    PLAIN = "plain"
    TIMESCALE_APACHE = "timescale_apache"
    TIMESCALE_COMMUNITY = "timescale_community"


async def probe(connection: "asyncpg.Connection[Any]") -> Edition:
    """Return the edition that this database runs; it must not be in a failed transaction."""
    if not await connection.fetchval(_INSTALLED):
        return Edition.PLAIN
    try:
        async with connection.transaction():
            await connection.execute(_COMMUNITY)
    except asyncpg.FeatureNotSupportedError:
        return Edition.TIMESCALE_APACHE
    return Edition.TIMESCALE_COMMUNITY


async def can_install(connection: "asyncpg.Connection[Any]") -> bool:
    """Whether TimescaleDB is there to be installed: its files present and its library preloaded.

    Without the preload, CREATE EXTENSION would end the connection instead of failing.
    """
    return bool(await connection.fetchval(_LOADED)) and bool(await connection.fetchval(_AVAILABLE))
