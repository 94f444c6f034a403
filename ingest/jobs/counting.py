"""Counting again: hours that changed after trending had looked through them, from the newest back to the oldest."""

from datetime import datetime, timedelta

from ingest.jobs.job import Job, Outcome, Surroundings
from storage.counting import count_hours, counted_bounds
from storage.deadline import Deadline
from storage.jobs import Taken
from storage.rows import Window
from storage.session import Session

_EVERY = 600
_MOST_SECONDS = 120.0
_STRETCH = timedelta(days=7)
_HOURS_AT_ONCE = 5_000
_HOUR = timedelta(hours=1)


def counting_job() -> Job:
    """Return the job that brings all hours up to date, a week per run and one run after the other."""
    return Job("count-mentions", _EVERY, _count, _MOST_SECONDS)


async def _count(surroundings: Surroundings, taken: Taken) -> Outcome:
    session = Session(surroundings.database, Deadline.after(_MOST_SECONDS))
    bounds = await counted_bounds(session)
    if bounds is None:
        return Outcome("no mentions")
    oldest, newest = bounds
    until = datetime.fromisoformat(taken.position["until"]) if "until" in taken.position else newest + _HOUR
    start = until - _STRETCH
    counted = 0
    while number := await _some(session, Window(start, until)):
        counted += number
    rest = start > oldest
    return Outcome(
        f"{counted} hours of stocks counted again, {start:%Y-%m-%d} to {until:%Y-%m-%d}",
        {"until": start.isoformat()} if rest else {},
        again=rest,
    )


async def _some(session: Session, hours: Window) -> int:
    async with session.transaction() as transaction:
        await transaction.allow_deadline()
        return await count_hours(transaction, hours, _HOURS_AT_ONCE)
