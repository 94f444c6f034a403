"""What an operator wants to know of the two servers: versions, edition, and the settings that matter here."""

from dataclasses import dataclass

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from ops.errors import Unavailable
from storage.editions import Edition, probe
from storage.translation import translated

_SETTINGS = ("max_connections", "shared_buffers", "jit", "log_min_duration_statement", "shared_preload_libraries")


@dataclass(frozen=True, slots=True)
class PostgresFacts:
    """A PostgreSQL server: version as "17.5", edition, TimescaleDB's version, size in bytes, some settings."""

    version: str
    edition: Edition
    timescale: str | None
    database_size: int
    settings: dict[str, str]


@dataclass(frozen=True, slots=True)
class RedisFacts:
    """A Redis or Valkey server: its product name, version, and memory limit in bytes (0 for none)."""

    product: str
    version: str
    max_memory: int
    policy: str


async def inspect_postgres(dsn: str, seconds: float) -> PostgresFacts:
    """Ask the server at `dsn`; raise Unavailable, with the driver's reason as cause, if it does not answer."""
    with translated():
        connection = await asyncpg.connect(dsn, timeout=seconds, command_timeout=seconds, statement_cache_size=0)
        try:
            rows = await connection.fetch(
                "SELECT name, current_setting(name) AS value FROM unnest($1::text[]) AS name", _SETTINGS
            )
            return PostgresFacts(
                version=str(await connection.fetchval("SHOW server_version")).partition(" ")[0],
                edition=await probe(connection),
                timescale=await connection.fetchval(
                    "SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'"
                ),
                database_size=await connection.fetchval("SELECT pg_database_size(current_database())"),
                settings={row["name"]: row["value"] for row in rows},
            )
        finally:
            await connection.close(timeout=seconds)


async def inspect_redis(url: str, seconds: float) -> RedisFacts:
    """Ask the server at `url`; raise Unavailable, with the driver's reason as cause, if it does not answer."""
    client = Redis.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds)
    try:
        found = await client.info()
    except (RedisError, OSError) as error:
        raise Unavailable("Redis does not answer.") from error
    finally:
        await client.aclose()
    valkey = found.get("valkey_version")
    return RedisFacts(
        product="Valkey" if valkey else "Redis",
        version=str(valkey or found["redis_version"]),
        max_memory=int(found["maxmemory"]),
        policy=str(found["maxmemory_policy"]),
    )
