"""The questions that are asked of the lines within the window, each answered by one statement over all of them."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from ops.components import component_of
from ops.log_analysis.components import ERROR_LEVELS, component_case
from ops.log_analysis.figures import (
    CacheLevel,
    Errors,
    ExternalApi,
    Listed,
    Operations,
    Phases,
    Row,
    SlowStatements,
)
from ops.log_fields import EXTERNAL_CALL, OPERATION

ERROR_LINES = f"""
    SELECT time, id, unnest(codes) AS type, NULL AS component, NULL AS level, verdict
    FROM line WHERE event = '{OPERATION}' AND codes IS NOT NULL
    UNION ALL
    SELECT time, coalesce(request_id, id), event, {component_case("logger", "event")}, level, verdict
    FROM line WHERE level IN {ERROR_LEVELS}
    UNION ALL
    SELECT time, NULL, concat_ws(' ', api, coalesce(failure, status::varchar)), 'external', NULL, verdict
    FROM line WHERE event = '{EXTERNAL_CALL}' AND (failure IS NOT NULL OR status >= 400)
"""
"""Every error of every line: an operation's codes one by one, warnings and errors, and calls that failed."""
_OPERATION = f"verdict = 'within' AND event = '{OPERATION}' AND kind IS NOT NULL"
_TIMED = "milliseconds >= 0 AND milliseconds < 1e12"  # what a hostile line says may be no time at all
_CALL = f"verdict = 'within' AND event = '{EXTERNAL_CALL}' AND api IS NOT NULL AND {_TIMED}"
_FAILED_CALL = "failure IS NOT NULL OR status >= 400"
_PHASES = ("parse", "validate", "plan", "execute")
_MOST_REASONS = 5


def errors(connection: Any, top: int) -> Listed[Errors]:
    """Return the errors by type and component, the most frequent first."""
    connection.execute(
        f"""
        SELECT type, component, level, count(*) AS count, min(time) AS first, max(time) AS last,
            arg_max(id, time) AS example, count(*) OVER () AS are
        FROM ({ERROR_LINES}) WHERE verdict = 'within' AND type IS NOT NULL
        GROUP BY type, component, level ORDER BY count DESC, type, component, level LIMIT ?
        """,
        [top],
    )
    return _listed(connection, Errors)


def operations(connection: Any, top: int) -> Listed[Operations]:
    """Return the operations by name and kind, the most frequent first."""
    connection.execute(
        f"""
        SELECT name, kind, count(*) AS count, count(*) FILTER (status >= 400 OR len(codes) > 0) AS failed,
            count(*) FILTER (kept) AS kept, {_shares(0.5, 0.95, 0.99)}, max(milliseconds) AS longest,
            count(*) OVER () AS are
        FROM line WHERE {_OPERATION} AND {_TIMED} GROUP BY name, kind ORDER BY count DESC, name, kind LIMIT ?
        """,
        [top],
    )
    return _listed(connection, Operations)


def slow_statements(connection: Any, top: int) -> Listed[SlowStatements]:
    """Return the statements that were slow, the most frequent first."""
    connection.execute(
        f"""
        SELECT name, count(*) AS count, {_shares(0.5, 0.95)}, max(milliseconds) AS longest, count(*) OVER () AS are
        FROM (SELECT unnest(slow, recursive := true) FROM (SELECT slow FROM line WHERE {_OPERATION}))
        WHERE name IS NOT NULL AND {_TIMED} GROUP BY name ORDER BY count DESC, name LIMIT ?
        """,
        [top],
    )
    return _listed(connection, SlowStatements)


def phases(connection: Any) -> tuple[Phases, ...]:
    """Return the phases in their order."""
    connection.execute(
        f"""
        SELECT name, count(*) AS count, {_shares(0.5, 0.95, 0.99)}, sum(milliseconds) AS total, count(*) OVER () AS are
        FROM (
            UNPIVOT (SELECT unnest(phases) FROM line WHERE {_OPERATION} AND phases IS NOT NULL)
            ON COLUMNS(*) INTO NAME name VALUE milliseconds
        )
        WHERE {_TIMED} GROUP BY name ORDER BY list_position({list(_PHASES)}, name)
        """
    )
    return _listed(connection, Phases).rows


def cache_levels(connection: Any) -> tuple[CacheLevel, ...]:
    """Return what each level of the caches had, the nearest first."""
    queries, kept, memory, redis, misses = connection.execute(
        f"""
        SELECT count(*) FILTER (kind = 'query'), count(*) FILTER (kept AND kind = 'query'),
            {_keys("memory_hits")}, {_keys("redis_hits")}, {_keys("misses")}
        FROM line WHERE {_OPERATION}
        """
    ).fetchone()
    asked = (
        ("responses", queries, kept),
        ("memory", memory + redis + misses, memory),
        ("redis", redis + misses, redis),
    )
    return tuple(CacheLevel(level, int(of), int(hits), hits / of if of else None) for level, of, hits in asked)


def external_apis(connection: Any, top: int) -> Listed[ExternalApi]:
    """Return the external APIs, the most called first."""
    connection.execute(
        f"""
        SELECT api, count(*) AS calls, count(*) FILTER ({_FAILED_CALL}) AS errors, {_shares(0.5, 0.85, 0.99)},
            histogram(left(coalesce(failure, status::varchar), 40)) FILTER ({_FAILED_CALL}) AS reasons,
            count(*) OVER () AS are
        FROM line WHERE {_CALL} GROUP BY api ORDER BY calls DESC, api LIMIT ?
        """,
        [top],
    )
    return _listed(connection, ExternalApi)


def _keys(column: str) -> str:
    """Return the sum of a column of counts, without what no operation can have asked for."""
    return f"coalesce(sum({column}) FILTER ({column} BETWEEN 0 AND 1000000000), 0)"


def _shares(*shares: float) -> str:
    """Return what asks for percentiles at once: each alone would sort the values anew."""
    names = (f"p{share * 100:g}" for share in shares)
    values = f"quantile_cont(milliseconds, {list(shares)})"
    return f"struct_pack({', '.join(f'{name} := {values}[{at}]' for at, name in enumerate(names, 1))}) AS shares"


def _listed(connection: Any, kind: type[Row]) -> Listed[Row]:
    """Make figures of the rows that were asked for, by the names of their columns."""
    names = [column[0] for column in connection.description]
    records = [_record(dict(zip(names, row, strict=True))) for row in connection.fetchall()]
    return Listed(tuple(msgspec.convert(record, kind) for record in records), records[0]["are"] if records else 0)


def _record(row: dict[str, Any]) -> dict[str, Any]:
    """Give a row what SQL cannot: the component of a code, the zone of its times, the most frequent reasons alone."""
    record = row | row.pop("shares", {})
    if "component" in record:
        record["component"] = record["component"] or component_of(record["type"])
    if "reasons" in record:
        reasons = sorted((record["reasons"] or {}).items(), key=lambda each: (-each[1], each[0]))
        record["reasons"] = dict(reasons[:_MOST_REASONS])
    return {name: each.replace(tzinfo=UTC) if isinstance(each, datetime) else each for name, each in record.items()}
