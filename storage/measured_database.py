"""The database of a process as its metrics show it: statements as they end, and the pool at each scrape."""

from collections.abc import Iterator
from contextlib import contextmanager

from ops.metrics import Metrics, catalogue
from ops.metrics.catalogue import Declared
from ops.metrics.readings import Read, one
from storage.database import Database


@contextmanager
def statements_measured(metrics: Metrics, database: Database) -> Iterator[None]:
    """Show a process's statements and its pool while the block runs."""
    observe_statements(metrics, database)
    with metrics.readings.shown(pool_readings(database)):
        yield


def observe_statements(metrics: Metrics, database: Database) -> None:
    """Have statements and waits for a connection counted as they end."""
    database.observe = metrics.note_statement
    database.leases.on_wait = metrics.pool_waits.of().observe


def pool_readings(database: Database) -> dict[Declared, Read]:
    """Return what the pool has now."""
    leases = database.leases
    return {
        catalogue.CONNECTIONS: one(lambda: leases.active),
        catalogue.POOL_SIZE: one(lambda: database.size),
        catalogue.POOL_MOST: one(lambda: database.settings.database_pool),
        catalogue.POOL_WAITING: one(lambda: leases.waiting),
    }
