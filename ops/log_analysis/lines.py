"""The table of lines: opened in a DuckDB of its own, which may read the given files and reach nothing else."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from ops.log_analysis.sources import Sources
from ops.log_analysis.window import Window
from ops.log_fields import EVERY_LINE, FIELDS, FieldType, LogField

READ = frozenset(
    (
        *(field.name for field in EVERY_LINE),
        *("id", "request_id", "name", "kind", "milliseconds", "status", "codes", "kept", "api", "failure"),
        *("memory_hits", "redis_hits", "misses", "slow.name", "slow.milliseconds"),
        *("phases.parse", "phases.validate", "phases.plan", "phases.execute"),
    )
)
"""The fields that the analysis asks for."""
TREND = timedelta(hours=1)
"""The length of the two stretches of time that are compared for what rises."""
_AHEAD = timedelta(minutes=5)  # clocks of other machines may go before ours
_MEMORY = "1GB"
_TYPES: dict[FieldType, Any] = {
    "time": "VARCHAR",
    "word": "VARCHAR",
    "words": ["VARCHAR"],
    "text": "VARCHAR",
    "flag": "BOOLEAN",
    "integer": "BIGINT",
    "number": "DOUBLE",
}


class Read(msgspec.Struct, frozen=True):
    """What the files held. `unreadable` lines are no JSON: torn ones, and those of other programs.

    `foreign` ones are JSON without an event and a time; `future` ones bear a time that is yet to come, `outside` ones
    one beyond the window, `within` are left. `too_long` were not read, and `broken` names compressed files that break
    off. `first` and `newest` are times of our own lines, wherever they lie but in the future.
    """

    files: int
    lines: int
    unreadable: int
    foreign: int
    future: int
    outside: int
    within: int
    too_long: int
    broken: tuple[str, ...]
    first: datetime | None
    newest: datetime | None


def structure(names: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the types of the fields of lines, by name, as `from_json` takes them; None asks for all."""
    wanted = None if names is None else frozenset(names)
    found: dict[str, Any] = {}
    for field in _all_fields():
        if wanted is None or field.name in wanted:
            name, _, member = field.name.partition(".")
            if not member:
                found[name] = _TYPES[field.type]
            elif name == "slow":
                found.setdefault(name, [{}])[0][member] = _TYPES[field.type]
            else:
                found.setdefault(name, {})[member] = _TYPES[field.type]
    return found


def open_lines(sources: Sources, window: Window, folder: Path, names: Iterable[str] | None = READ) -> Any:
    """Return a connection with the table `line`: the fields, `time`, and the `verdict` of what a line is.

    Only lines `within` the window have fields, and those `earlier` that trends are made of. Files that DuckDB gives up
    are read again from copies without what it stumbled upon.
    """
    connection = _connected(folder)
    try:
        try:
            _fill(connection, sources, window, names)
        except duckdb.Error:
            sources.copy_all()
            _fill(connection, sources, window, names)
    except BaseException:
        connection.close()
        raise
    return connection


def count_lines(connection: Any, sources: Sources) -> Read:
    """Say what was read."""
    verdicts: dict[str, int] = dict(connection.execute("SELECT verdict, count(*) FROM line GROUP BY ALL").fetchall())
    first, newest = connection.execute(
        "SELECT min(time), max(time) FROM line WHERE verdict IN ('within', 'earlier', 'outside')"
    ).fetchone()
    return Read(
        files=len(sources.paths),
        lines=sum(verdicts.values()) + sources.copied.too_long,
        unreadable=verdicts.get("unreadable", 0),
        foreign=verdicts.get("foreign", 0),
        future=verdicts.get("future", 0),
        outside=verdicts.get("outside", 0) + verdicts.get("earlier", 0),
        within=verdicts.get("within", 0),
        too_long=sources.copied.too_long,
        broken=tuple(sources.copied.broken),
        first=first and first.replace(tzinfo=UTC),
        newest=newest and newest.replace(tzinfo=UTC),
    )


def _all_fields() -> Iterable[LogField]:
    yield from EVERY_LINE
    for fields in FIELDS.values():
        yield from fields


def _connected(folder: Path) -> Any:
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": _MEMORY,
            "preserve_insertion_order": "false",
        }
    )
    own = str(folder).replace("'", "''")
    connection.execute(
        f"SET temp_directory = '{own}/spilt'; SET allowed_directories = ['{own}']; SET TimeZone = 'UTC';"
        "SET enable_external_access = false; SET lock_configuration = true"
    )
    return connection


def _fill(connection: Any, sources: Sources, window: Window, names: Iterable[str] | None) -> None:
    """Read every line once."""
    shape = msgspec.json.encode(structure(names)).decode()
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE line AS
        SELECT verdict, time, unnest(CASE WHEN verdict IN ('within', 'earlier') THEN found END)
        FROM (
            SELECT found, time, CASE
                WHEN json IS NULL THEN 'unreadable'
                WHEN found.event IS NULL OR time IS NULL THEN 'foreign'
                WHEN time NOT BETWEEN '2000-01-01' AND '9999-12-31' THEN 'foreign'
                WHEN time > $future THEN 'future'
                WHEN time >= $until OR time < $trend THEN 'outside'
                WHEN time < $since THEN 'earlier'
                ELSE 'within'
            END AS verdict
            FROM (
                SELECT json, found, make_timestamp(epoch_us(try_cast(found.timestamp AS timestamptz))) AS time
                FROM (
                    SELECT json, from_json(json, '{shape}') AS found
                    FROM read_ndjson_objects($paths, ignore_errors = true, maximum_object_size = 16777216)
                )
            )
        )
        """,
        {
            "paths": [str(path) for path in sources.paths],
            "future": _plain(window.now + _AHEAD),
            "until": _plain(window.until),
            "trend": _plain(min(window.since, window.end - 2 * TREND) if window.since is not None else None),
            "since": _plain(window.since),
        },
    )


def _plain(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC).replace(tzinfo=None)
