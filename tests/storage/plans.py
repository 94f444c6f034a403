"""Reads what a repository's statement did: from EXPLAIN ANALYZE, or from what the server notes as it runs it.

EXPLAIN plans for the values it is given. What the API runs by itself is planned once for any values, so that plan is
taken from the server's own notes (auto_explain) of the statement as it was run.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg

from storage.database import Connection
from storage.session import Session

# TimescaleDB names a chunk's index after the chunk and the table's index, and a constraint's index after two numbers.
_CHUNK = re.compile(r"^(?:_hyper_\d+_\d+_chunk_|\d+_\d+_)")
_RUNS = 2
_NOTE_SECONDS = 10.0
_NOTE = """
LOAD 'auto_explain';
SET auto_explain.log_min_duration = 0; SET auto_explain.log_analyze = on; SET auto_explain.log_format = json;
SET client_min_messages = log
"""
_BIG = re.compile(r"stock_prices|stock_mentions|sentiment_data|posts|stocks|_hyper_\d+_\d+_chunk")


@dataclass(frozen=True, slots=True)
class Plan:
    """Indexes used, big tables read whole, rows that scans read (also those they dropped), rows returned."""

    indexes: frozenset[str]
    whole: frozenset[str]
    read: float
    returned: float


class Recorder(Session):
    """A session that keeps its statements' texts and arguments, and which were planned for these."""

    __slots__ = ("for_values", "ran")

    ran: list[tuple[str, tuple[Any, ...]]]
    for_values: list[str]

    async def fetch(self, name: str, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Run a statement and keep it."""
        self.ran.append((sql, args))
        return await super().fetch(name, sql, *args)

    async def fetch_for_values(self, name: str, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Run a statement and keep it."""
        self.ran.append((sql, args))
        self.for_values.append(sql)
        return await super().fetch_for_values(name, sql, *args)


async def plan_of(session: Recorder, call: Callable[[Session], Awaitable[Any]]) -> Plan:
    """Run a repository's function, and then its one statement again, watched."""
    session.ran, session.for_values = [], []
    assert await call(session), "the question found nothing: its plan would prove nothing"
    ((sql, args),) = session.ran
    async with session.database.lease(session.deadline) as connection:
        if sql in session.for_values:
            return await explained(connection, sql, args)
        await connection.execute(_NOTE)
        try:
            return _plan_in(await _noted(connection, sql, args))
        finally:
            connection.terminate()  # nobody else is to be noted


async def explained(connection: Connection, sql: str, args: tuple[Any, ...]) -> Plan:
    """Run a statement under EXPLAIN and read what it did."""
    return _plan_in(json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *args))[0]["Plan"])


async def _noted(connection: Connection, sql: str, args: tuple[Any, ...]) -> dict[str, Any]:
    """Run a statement until its plan is one for any values, if it may be, and return what was noted of the last run."""
    notes: list[str] = []
    connection.add_log_listener(lambda _connection, message: notes.append(message.message))
    for _ in range(_RUNS):
        await connection.fetch(sql, *args)
    async with asyncio.timeout(_NOTE_SECONDS):
        while len(notes) < _RUNS:  # noqa: ASYNC110 - the driver calls listeners later
            await asyncio.sleep(0)
    return dict(json.loads(notes[-1].partition("plan:")[2])["Plan"])


def _plan_in(top: dict[str, Any]) -> Plan:
    scans = [node for node in _nodes(top) if node["Actual Loops"]]
    return Plan(
        indexes=frozenset(_CHUNK.sub("", node["Index Name"]) for node in scans if "Index Name" in node),
        whole=frozenset(
            node["Relation Name"]
            for node in scans
            if node["Node Type"] == "Seq Scan" and _BIG.search(node["Relation Name"])
        ),
        read=sum(_rows(node) for node in scans if "Index Name" in node or node["Node Type"] == "Seq Scan"),
        returned=top["Actual Rows"],
    )


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _rows(node: dict[str, Any]) -> float:
    dropped = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + dropped) * node["Actual Loops"])
