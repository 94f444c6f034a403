"""Bring a database's schema up to date, one file per transaction, safely beside other processes that do the same.

Each step takes an advisory lock inside its transaction and then looks at what is still missing, so concurrent starts
share the work, and a killed one leaves nothing half done. A file for an edition that the database does not have stays
pending and is applied when the edition appears, even after files of later versions.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import structlog

from storage.editions import Edition, can_install, probe
from storage.migration_files import FOLDER, MigrationError, MigrationFile, migration_files
from storage.translation import translated

_log = structlog.get_logger()

_LOCK = 0x1A51_0001
_CONNECT_SECONDS = 10.0
_LOCAL = """
SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', '0', true), set_config('jit', 'off', true),
       set_config('search_path', 'public', true), set_config('client_min_messages', 'warning', true)
"""
_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version     integer PRIMARY KEY,
    file_name   text NOT NULL,
    checksum    text NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now()
)
"""


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """`applied` now, `current` since before, `missing` and still to apply, `pending` for want of their edition."""

    edition: Edition
    applied: tuple[str, ...]
    current: tuple[str, ...]
    missing: tuple[str, ...]
    pending: tuple[str, ...]


async def migrate(dsn: str, *, lock_seconds: float = 60.0, folder: Path = FOLDER) -> MigrationReport:
    """Apply every migration that fits the database's edition; a wait for another migration ends with an error."""
    files = migration_files(folder)
    applied: list[str] = []
    async with _connected(dsn) as connection:
        try:
            while (step := await _step(connection, files, lock_seconds)) is not None:
                if step:
                    applied.append(step)
                    _log.info("migration_applied", file=step)
        except asyncpg.LockNotAvailableError as error:
            message = f"another migration, or a long query, has held its lock for {lock_seconds:g} s; try again later"
            raise MigrationError(message) from error
        report = await _report(connection, files)
    known = tuple(name for name in report.current if name not in applied)
    return MigrationReport(report.edition, tuple(applied), known, report.missing, report.pending)


async def check(dsn: str, *, folder: Path = FOLDER) -> MigrationReport:
    """Compare the database with the files and change nothing."""
    files = migration_files(folder)
    async with _connected(dsn) as connection:
        return await _report(connection, files)


@asynccontextmanager
async def _connected(dsn: str) -> AsyncGenerator["asyncpg.Connection[Any]", None]:
    settings = {"application_name": "insitechart-migrate"}  # and no more: pgbouncer refuses what it does not know
    with translated():
        connection: asyncpg.Connection[Any] = await asyncpg.connect(
            dsn, timeout=_CONNECT_SECONDS, statement_cache_size=0, server_settings=settings
        )
        try:
            yield connection
        except asyncpg.InsufficientPrivilegeError as error:
            raise MigrationError(f"{error}: the database's owner may migrate it, another role may not") from error
        finally:
            await connection.close(timeout=_CONNECT_SECONDS)


async def _step(connection: "asyncpg.Connection[Any]", files: list[MigrationFile], lock_seconds: float) -> str | None:
    """Apply the next file and return its name, or "" where only preparations were made; None when all is done."""
    async with connection.transaction():
        await connection.execute(_LOCAL, f"{lock_seconds * 1_000:.0f}")
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await connection.execute(_LEDGER)
        edition = await probe(connection)
        if edition is Edition.PLAIN and await can_install(connection):
            await connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
            return ""
        applied = await _applied(connection, files)
        file = next((file for file in files if file.version not in applied and edition in file.editions), None)
        if file is None:
            return None
        try:
            await connection.execute(file.sql)
        except asyncpg.PostgresError as error:
            if isinstance(error, asyncpg.LockNotAvailableError | asyncpg.PostgresConnectionError):
                raise
            raise MigrationError(f"{file.file_name}: {error}") from error
        await connection.execute(
            "INSERT INTO schema_migrations (version, file_name, checksum) VALUES ($1, $2, $3)",
            file.version,
            file.file_name,
            file.checksum,
        )
        return file.file_name


async def _report(connection: "asyncpg.Connection[Any]", files: list[MigrationFile]) -> MigrationReport:
    begun = await connection.fetchval("SELECT to_regclass('public.schema_migrations') IS NOT NULL")
    applied = await _applied(connection, files) if begun else frozenset()
    edition = await probe(connection)
    rest = [file for file in files if file.version not in applied]
    return MigrationReport(
        edition=edition,
        applied=(),
        current=tuple(file.file_name for file in files if file.version in applied),
        missing=tuple(file.file_name for file in rest if edition in file.editions),
        pending=tuple(file.file_name for file in rest if edition not in file.editions),
    )


async def _applied(connection: "asyncpg.Connection[Any]", files: list[MigrationFile]) -> frozenset[int]:
    """Return the versions that the database has; refuse those that these files do not know, or know otherwise."""
    known = {file.version: file for file in files}
    rows = await connection.fetch("SELECT version, file_name, checksum FROM public.schema_migrations ORDER BY version")
    for row in rows:
        file = known.get(row["version"])
        if file is None:
            raise MigrationError(
                f"the database has {row['file_name']}, which this version does not know: its schema is newer; "
                "run the newer version"
            )
        if file.checksum != row["checksum"]:
            raise MigrationError(f"{file.file_name} was edited after it was applied: restore it and add a new file")
    return frozenset(row["version"] for row in rows)
