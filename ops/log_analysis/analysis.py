"""One analysis: the files are read once, and every question is asked of what was read."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import msgspec

from ops.components import component_of
from ops.log_analysis import questions
from ops.log_analysis.figures import (
    CacheLevel,
    Errors,
    ExternalApi,
    Listed,
    Operations,
    Phases,
    SlowStatements,
)
from ops.log_analysis.lines import TREND, Read, count_lines, open_lines
from ops.log_analysis.sources import Sources
from ops.log_analysis.trends import LEAST, Counted, Rising, rising
from ops.log_analysis.window import Window
from ops.log_fields import OPERATION

_LEAST_BEFORE = 0.25  # share of the hour before that the lines must cover


class Unanswered(RuntimeError):
    """DuckDB gave up: there was too little memory, or no room for what it had to put aside."""


class Trends(msgspec.Struct, frozen=True):
    """What rose in the hour before `end`, against the hour before that.

    `seconds_before` is how much of the earlier hour the lines cover; of less than a quarter nothing is said, and
    `rising` is None.
    """

    end: datetime
    seconds_before: float
    rising: tuple[Rising, ...] | None


class Analysis(msgspec.Struct, frozen=True):
    """All that is told of some files."""

    since: datetime | None
    until: datetime | None
    read: Read
    operations: Listed[Operations]
    errors: Listed[Errors]
    slow_statements: Listed[SlowStatements]
    phases: tuple[Phases, ...]
    caches: tuple[CacheLevel, ...]
    external_apis: Listed[ExternalApi]
    trends: Trends | None


def analyze(names: Sequence[str], window: Window, top: int = 20) -> Analysis:
    """Read files, patterns of names, or "-" for standard input; `top` bounds each list.

    Raises NotThere for a file that cannot be opened, OSError where a copy cannot be written, and Unanswered.
    """
    with TemporaryDirectory(prefix="insitechart-logs-", ignore_cleanup_errors=True) as made:
        folder = Path(made).resolve()
        sources = Sources(names, folder)
        try:
            with open_lines(sources, window, folder) as connection:
                return _asked(connection, count_lines(connection, sources), window, top)
        except duckdb.Error as error:
            raise Unanswered(str(error)) from error


def _asked(connection: Any, read: Read, window: Window, top: int) -> Analysis:
    return Analysis(
        since=window.since,
        until=window.until,
        read=read,
        operations=questions.operations(connection, top),
        errors=questions.errors(connection, top),
        slow_statements=questions.slow_statements(connection, top),
        phases=questions.phases(connection),
        caches=questions.cache_levels(connection),
        external_apis=questions.external_apis(connection, top),
        trends=_trends(connection, read, window),
    )


def _trends(connection: Any, read: Read, window: Window) -> Trends | None:
    """Compare the last hour of the window; of one that is open at both ends, the last hour that has lines."""
    if read.newest is None or read.first is None:
        return None
    end = window.end
    if window.since is None:
        end = min(end, read.newest + timedelta(microseconds=1))
    middle, beginning = end - TREND, max(read.first, end - 2 * TREND)
    covered = (middle - beginning).total_seconds()
    if covered < _LEAST_BEFORE * TREND.total_seconds():
        return Trends(end, max(0.0, covered), None)
    bounds = [each.astimezone(UTC).replace(tzinfo=None) for each in (middle, beginning, end)]
    ran_now, ran_before = connection.execute(
        f"""
        SELECT count(*) FILTER (time >= $1), count(*) FILTER (time < $1)
        FROM line WHERE event = '{OPERATION}' AND time >= $2 AND time < $3
        """,
        bounds,
    ).fetchone()
    counted = connection.execute(
        f"""
        SELECT type, component, count(*) FILTER (time < $1), count(*) FILTER (time >= $1)
        FROM ({questions.ERROR_LINES}) WHERE type IS NOT NULL AND time >= $2 AND time < $3
        GROUP BY ALL HAVING count(*) >= {LEAST}
        """,
        bounds,
    ).fetchall()
    clock = (covered, TREND.total_seconds())
    types = {
        (type_, component or component_of(type_)): Counted(
            before, now, *((ran_before, ran_now) if component is None else clock)
        )
        for type_, component, before, now in counted
    }
    return Trends(end, covered, rising(types))
