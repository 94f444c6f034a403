"""What all writers share: batches of bounded size, one transaction each, tried again when they meet another writer."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import asyncpg
import structlog

from ops.errors import Unavailable
from storage.database import Connection, Database
from storage.deadline import Deadline

TRIES = 6
BATCH_SECONDS = 120.0
_PAUSE = 0.02

Item = TypeVar("Item")
Result = TypeVar("Result")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WriteCounts:
    """Rows by what became of them; `unknown` were left out because their symbol, one of `symbols`, is not listed."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    unknown: int = 0
    symbols: frozenset[str] = frozenset()

    def __add__(self, other: "WriteCounts") -> "WriteCounts":
        return WriteCounts(
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.unknown + other.unknown,
            self.symbols | other.symbols,
        )


def batches(rows: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Cut rows into batches of at most `size`."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


async def in_transaction(database: Database, work: Callable[[Connection], Awaitable[Result]]) -> Result:
    """Run `work` in a transaction of its own; a deadlock or serialization failure runs it again, a few times."""
    for attempt in range(1, TRIES):
        try:
            return await _attempt(database, work)
        except Unavailable as error:
            if not isinstance(error.__cause__, asyncpg.TransactionRollbackError):
                raise
            _log.info("write_retried", attempt=attempt, reason=type(error.__cause__).__name__)
        await asyncio.sleep(random.uniform(0.5, 1.0) * _PAUSE * 2**attempt)  # noqa: S311 - jitter, no secret
    return await _attempt(database, work)


async def listed(connection: Connection, symbols: set[str]) -> frozenset[str]:
    """Return those of the symbols that are listed."""
    rows = await connection.fetch("SELECT symbol FROM stocks WHERE symbol = ANY($1::text[])", list(symbols))
    return frozenset(row["symbol"] for row in rows)


def affected(status: str) -> int:
    """Read the number of rows off a command's status, as in "INSERT 0 17"."""
    return int(status.rsplit(" ", 1)[1])


async def _attempt(database: Database, work: Callable[[Connection], Awaitable[Result]]) -> Result:
    limit = str(int(BATCH_SECONDS * 1_000))
    async with database.transaction(Deadline.after(BATCH_SECONDS), writes=True) as connection:
        async with asyncio.timeout(BATCH_SECONDS):
            await connection.execute("SELECT set_config('statement_timeout', $1, true)", limit)
            return await work(connection)
