"""Background work as rows of a table: who may run what, since when, and how it went.

A job is taken in one short statement (FOR UPDATE SKIP LOCKED) and held by a lease that is renewed while it runs. Times
are the database's, so the clocks of workers need not agree. A due time further ahead than its interval, and a lease
longer than one can be, come from a clock that was set back: they do not hold. Every job runs at least once per due
time; what a job does must bear being done twice.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from storage.session import Session

ERROR_CHARACTERS = 500

_REGISTER = """
INSERT INTO jobs AS kept (name, every) SELECT name, every FROM unnest($1::text[], $2::integer[]) AS given (name, every)
ORDER BY name COLLATE "C"
ON CONFLICT (name) DO UPDATE SET every = excluded.every, due_at = least(kept.due_at, now())
WHERE kept.every <> excluded.every
"""
_TAKE = """
UPDATE jobs AS taken
SET lease = taken.lease + 1, leased_until = clock_timestamp() + make_interval(secs => $2::float8), holder = $3::text,
    started_at = clock_timestamp()
WHERE name = (
    SELECT name FROM jobs
    WHERE name = ANY($1::text[])
      AND (due_at <= clock_timestamp() OR due_at > clock_timestamp() + make_interval(secs => every))
      AND (leased_until IS NULL OR leased_until <= clock_timestamp()
           OR leased_until > clock_timestamp() + make_interval(secs => 2 * $2::float8))
    ORDER BY due_at, name LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING name, lease, position, failures,
          to_timestamp(floor(extract(epoch FROM started_at) / every) * every) AS instant
"""
_RENEW = """
UPDATE jobs SET leased_until = clock_timestamp() + make_interval(secs => $3::float8)
WHERE name = $1::text AND lease = $2::bigint RETURNING name
"""
# The next due time is the next multiple of the interval, so that jobs of one interval share their instants. A due time
# within the run was asked for while it ran, and holds.
_DONE = """
UPDATE jobs
SET leased_until = NULL, ended_at = clock_timestamp(), error = NULL, failures = 0, runs = runs + 1,
    seconds = extract(epoch FROM clock_timestamp() - started_at), position = $3::jsonb, summary = $4::text,
    due_at = CASE WHEN $5::boolean THEN clock_timestamp()
                  WHEN due_at > started_at AND due_at <= clock_timestamp() THEN due_at
                  ELSE to_timestamp((floor(extract(epoch FROM clock_timestamp()) / every) + 1) * every) END
WHERE name = $1::text AND lease = $2::bigint RETURNING name
"""
_FAILED = """
UPDATE jobs
SET leased_until = NULL, ended_at = clock_timestamp(), error = $3::text, failures = failures + 1, runs = runs + 1,
    seconds = extract(epoch FROM clock_timestamp() - started_at),
    due_at = clock_timestamp() + make_interval(secs => least($4::float8, every))
WHERE name = $1::text AND lease = $2::bigint RETURNING name
"""
_RELEASE = "UPDATE jobs SET leased_until = NULL WHERE name = $1::text AND lease = $2::bigint RETURNING name"
_MAKE_DUE = "UPDATE jobs SET due_at = clock_timestamp() WHERE name = $1::text RETURNING name"
_LISTING = """
SELECT name, every, due_at, leased_until, leased_until > clock_timestamp() AS running, holder, started_at, ended_at,
       seconds, error, summary, failures, runs
FROM jobs ORDER BY name
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A job in this process's hands; `instant` is the start of the interval in which it was taken."""

    name: str
    lease: int
    instant: datetime
    position: Mapping[str, Any]
    failures: int


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as it stands; `every` and `seconds` in seconds. See the columns of `jobs`."""

    name: str
    every: int
    due_at: datetime
    leased_until: datetime | None
    running: bool
    holder: str | None
    started_at: datetime | None
    ended_at: datetime | None
    seconds: float | None
    error: str | None
    summary: str | None
    failures: int
    runs: int


async def register(session: Session, intervals: Mapping[str, int]) -> None:
    """Make the rows that are missing, due at once, and bring the intervals (seconds) of the others up to date."""
    await session.fetch("jobs_register", _REGISTER, list(intervals), list(intervals.values()))


async def take(session: Session, names: Sequence[str], seconds: float, holder: str) -> Taken | None:
    """Take the job that has been due longest and that nobody holds, for so many seconds; None where there is none."""
    row = await session.fetchrow("jobs_take", _TAKE, list(names), seconds, holder)
    if row is None:
        return None
    return Taken(row["name"], row["lease"], row["instant"], json.loads(row["position"]), row["failures"])


async def renew(session: Session, taken: Taken, seconds: float) -> bool:
    """Hold on to a job for so many seconds more; False where another has taken it."""
    return await _still_held(session, "jobs_renew", _RENEW, taken, seconds)


async def done(session: Session, taken: Taken, position: Mapping[str, Any], summary: str, *, again: bool) -> bool:
    """Note a run that went well; `again` makes it due at once. False where another has taken the job meanwhile."""
    return await _still_held(session, "jobs_done", _DONE, taken, json.dumps(position), summary, again)


async def failed(session: Session, taken: Taken, error: str, seconds: float) -> bool:
    """Note a run that failed, to be tried again after so many seconds, or the interval if that is shorter."""
    text = error if len(error) <= ERROR_CHARACTERS else f"{error[: ERROR_CHARACTERS - 1]}…"
    return await _still_held(session, "jobs_failed", _FAILED, taken, text, seconds)


async def release(session: Session, taken: Taken) -> bool:
    """Let go of a job that did not end: it stays due, for anybody."""
    return await _still_held(session, "jobs_release", _RELEASE, taken)


async def make_due(session: Session, name: str) -> bool:
    """Make a job due now; False where there is none of that name."""
    return bool(await session.fetch("jobs_make_due", _MAKE_DUE, name))


async def listing(session: Session) -> list[JobRow]:
    """Return every job, by name."""
    return [_row(row) for row in await session.fetch("jobs", _LISTING)]


async def _still_held(session: Session, name: str, sql: str, taken: Taken, *values: object) -> bool:
    return bool(await session.fetch(name, sql, taken.name, taken.lease, *values))


def _row(row: asyncpg.Record) -> JobRow:
    return JobRow(**{**dict(row), "running": bool(row["running"])})
