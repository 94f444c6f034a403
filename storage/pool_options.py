"""How connections are made: the server's settings for a session, what is warmed, and when one is given up."""

from typing import Any

from ops.errors import Unavailable
from ops.settings import Settings
from storage.leases import Connection

# asyncpg reads the catalogue on a connection's first use of an array type; asking here keeps that out of requests.
_WARMING = "SELECT $1::text[], $2::timestamptz[], $3::bigint[], $4::integer[], $5::float8[], $6::boolean[]"
_INACTIVE_SECONDS = 120.0  # in the pool, after up to two sweeps at hand: network gear forgets flows after some 350


def pool_options(settings: Settings) -> dict[str, Any]:
    """Return what the driver's pool is made with; raise `Unavailable` where no database is configured."""
    if settings.database_url is None:
        raise Unavailable("No database is configured: set INSITECHART_DATABASE_URL.")
    server = {"application_name": "insitechart"}
    if not settings.pgbouncer:  # pgbouncer refuses startup parameters that it does not know
        server |= {
            "jit": "off",
            "plan_cache_mode": "force_generic_plan",  # transactions, which write, undo it
            # To ask which chunks a symbol's rows can be in takes longer than to look for the symbol in each.
            "timescaledb.enable_runtime_exclusion": "off",
            "random_page_cost": "1.1",  # the default, for spinning disks, gives up indexes that read what is asked for
            "search_path": "public",
            "timezone": "UTC",
            "statement_timeout": str(int(settings.deadlines.operation * 1_000)),
            "idle_in_transaction_session_timeout": "60000",
        }
    # Statements stay prepared: by default each is thrown away after five minutes, and planned anew six times.
    cache = {"statement_cache_size": 0} if settings.pgbouncer else {"max_cached_statement_lifetime": 0}
    return {
        "dsn": settings.database_url.get_secret_value(),
        "min_size": 0,
        "max_size": settings.database_pool,
        "timeout": settings.deadlines.connect,
        "max_inactive_connection_lifetime": _INACTIVE_SECONDS,
        "init": _initialise,
        "reset": _keep,
        "server_settings": server,
        **cache,
    }


async def _initialise(connection: Connection) -> None:
    await connection.fetchval(_WARMING, *([] for _ in range(_WARMING.count("$"))))


async def _keep(_connection: Connection) -> None:
    """Reset nothing: see the docstring of storage/database.py."""
