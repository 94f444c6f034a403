"""What one operation may ask of the database: named statements under one deadline, each of them on record."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

import asyncpg

from ops.operation_record import BATCH_AT_WORK, StatementRecord
from storage.commented import commented
from storage.database import Connection, Database
from storage.deadline import Deadline
from storage.translation import failure_code

Fetching = Callable[..., Awaitable[list[asyncpg.Record]]]
"""Takes a statement's name, its text and its values."""


class Session:
    """Runs statements for one operation; concurrent ones each lease their own connection, bounded by the pool.

    Cancelling the task that awaits a statement cancels the statement on the server.
    """

    __slots__ = ("comment", "database", "deadline", "statements")

    def __init__(self, database: Database, deadline: Deadline) -> None:
        self.database = database
        self.deadline = deadline
        self.comment: str | None = None
        self.statements: list[StatementRecord] = []

    async def fetch(self, name: str, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Run one statement and return its rows."""
        begun = perf_counter()
        try:
            rows = await self.database.fetch(self.deadline, sql, args, self.comment)
        except BaseException as error:
            self.note(name, begun, 0, failure_code(error))
            raise
        self.note(name, begun, len(rows))
        return rows

    async def fetch_for_values(self, name: str, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Run one statement that is planned for its values, where a frequent word is read another way than a rare one.

        This costs two round trips and, each time, the planning: other statements are planned once, for any values.
        """
        async with self.transaction(name) as transaction:
            return await transaction.fetch(name, sql, *args)

    async def fetchrow(self, name: str, sql: str, *args: Any) -> asyncpg.Record | None:
        """Run one statement and return its first row, if any."""
        rows = await self.fetch(name, sql, *args)
        return rows[0] if rows else None

    @asynccontextmanager
    async def transaction(self, name: str = "begin") -> AsyncGenerator["Transaction", None]:
        """Run several statements on one connection, all or none; `name` is on record where it cannot begin.

        The wait for the connection, and for the server to begin, count as of the first statement.
        """
        begun, opened = perf_counter(), False
        try:
            async with self.database.transaction(self.deadline) as connection:
                opened = True
                yield Transaction(self, connection, begun)
        except BaseException as error:
            if not opened:
                self.note(name, begun, 0, failure_code(error))
            raise

    def note(self, name: str, begun: float, rows: int, failure: str | None = None) -> None:
        """Record a statement that began at `begun`, in seconds of the performance counter, and ends now."""
        seconds = perf_counter() - begun
        at_work = BATCH_AT_WORK.get()
        number = -1 if at_work is None else at_work.number
        self.statements.append(StatementRecord(name, begun, seconds, rows, number, failure))
        observe = self.database.observe
        if observe is not None:
            observe(name, seconds, failure is not None)


class Transaction:
    """A session's open transaction: the same calls, one after the other on its one connection."""

    __slots__ = ("_begun", "_connection", "_session")

    def __init__(self, session: Session, connection: Connection, begun: float) -> None:
        self._begun: float | None = begun
        self._session = session
        self._connection = connection

    async def fetch(self, name: str, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Run one statement and return its rows."""
        begun = self._begun or perf_counter()
        self._begun = None
        comment = self._session.comment
        fetch = self._connection.fetch if comment is None else commented(self._connection, comment)
        try:
            remaining = self._session.deadline.remaining()
            rows: list[asyncpg.Record] = await fetch(sql, *args, timeout=remaining)
        except BaseException as error:
            self._session.note(name, begun, 0, failure_code(error))
            raise
        self._session.note(name, begun, len(rows))
        return rows

    async def allow_deadline(self) -> None:
        """Let statements take what the session's deadline leaves: the server's own limit is meant for requests."""
        limit = str(int(self._session.deadline.remaining() * 1_000))
        await self.fetch("statement_timeout", "SELECT set_config('statement_timeout', $1, true)", limit)

    async def execute(self, name: str, sql: str, *args: Any) -> None:
        """Run one statement for its effect."""
        await self.fetch(name, sql, *args)
