"""Statements that carry a comment of one operation: texts that nobody sends a second time."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import asyncpg

from storage.leases import Connection


def commented(connection: Connection, comment: str) -> Callable[..., Awaitable[list[asyncpg.Record]]]:
    """Return a connection's `fetch` that puts a comment before statements, prepared without a name and forgotten.

    A connection keeps its last hundred statements prepared, by their texts: those with the id of an operation would
    drive out those that all operations share. The price is that the server plans this one anew.
    """

    async def fetch(sql: str, *args: Any, timeout: float) -> list[asyncpg.Record]:  # noqa: ASYNC109 - as the driver's
        until = monotonic() + timeout
        statement = await connection.prepare(comment + sql, name="", timeout=timeout)
        return await statement.fetch(*args, timeout=until - monotonic())

    return fetch
