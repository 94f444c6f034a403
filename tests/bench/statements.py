"""SQL statements as PostgreSQL itself counts them: how many a request takes, and what they cost the server."""

from dataclasses import dataclass

import asyncpg

from tests.bench.processes import Served
from tests.bench.same_answers import answer

_COUNTED = """
SELECT coalesce(sum(calls), 0)::bigint AS calls, coalesce(sum(total_exec_time), 0)::float8 AS milliseconds
FROM pg_stat_statements
JOIN pg_database ON pg_database.oid = pg_stat_statements.dbid
WHERE datname = current_database() AND query NOT LIKE '%pg_stat_statements%'
"""
_ASKED = 20


@dataclass(frozen=True, slots=True)
class Statements:
    """Statements of one request, and the milliseconds that PostgreSQL executes them."""

    calls: float
    milliseconds: float


async def statements_of(database_url: str, server: Served, requests: list[tuple[str, int]]) -> Statements:
    """Ask one request after another and divide; needs pg_stat_statements in the database."""
    connection = await asyncpg.connect(database_url)
    try:
        before = await connection.fetchrow(_COUNTED)
        for number in range(_ASKED):
            answer(server, requests[number % len(requests)][0])
        after = await connection.fetchrow(_COUNTED)
    finally:
        await connection.close()
    if before is None or after is None:
        raise LookupError("a sum without GROUP BY has a row")
    return Statements(
        (after["calls"] - before["calls"]) / _ASKED, (after["milliseconds"] - before["milliseconds"]) / _ASKED
    )
