"""Reads what a repository's statement did, from EXPLAIN (ANALYZE, FORMAT JSON)."""

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
_BIG = re.compile(r"stock_prices|stock_mentions|sentiment_data|posts|stocks|_hyper_\d+_\d+_chunk")


@dataclass(frozen=True, slots=True)
class Plan:
    """Indexes used, big tables read whole, rows that scans read (also those they dropped), rows returned."""

    indexes: frozenset[str]
    whole: frozenset[str]
    read: float
    returned: float


class Recorder(Session):
    """A session that keeps its statements' texts and arguments."""

    __slots__ = ("ran",)

    ran: list[tuple[str, tuple[Any, ...]]]

    async def fetch(self, name: str, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Run a statement and keep it."""
        self.ran.append((sql, args))
        return await super().fetch(name, sql, *args)


async def plan_of(session: Recorder, call: Callable[[Session], Awaitable[Any]]) -> Plan:
    """Run a repository's function, and then its one statement again under EXPLAIN."""
    session.ran = []
    assert await call(session), "the question found nothing: its plan would prove nothing"
    ((sql, args),) = session.ran
    async with session.database.lease(session.deadline) as connection:
        return await explained(connection, sql, args)


async def explained(connection: Connection, sql: str, args: tuple[Any, ...]) -> Plan:
    """Run a statement under EXPLAIN and read what it did."""
    top = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *args))[0]["Plan"]
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
