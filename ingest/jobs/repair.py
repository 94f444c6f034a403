"""Repair of roll-ups: a day per run, from the newest back to the oldest, and over again."""

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta

import structlog

from ingest.jobs.job import Job, Outcome, Surroundings
from storage.jobs import Taken
from storage.rollup_repair import mention_bounds, repair_rollups
from storage.rows import Window

_log = structlog.get_logger()

_EVERY = 300
_DAY = timedelta(days=1)
_SHOWN = 10


def repair_job() -> Job:
    """Return the job that compares roll-ups with their mentions."""
    return Job("repair-rollups", _EVERY, _repair)


async def _repair(surroundings: Surroundings, taken: Taken) -> Outcome:
    bounds = await mention_bounds(surroundings.database)
    if bounds is None:
        return Outcome("no mentions")
    oldest, newest = bounds[0].date(), bounds[1].date()
    day = min(date.fromisoformat(taken.position.get("day", newest.isoformat())), newest)
    if day < oldest:
        day = newest
    start = datetime.combine(day, time(), UTC)
    different = await repair_rollups(surroundings.database, Window(start, start + _DAY))
    if different:
        _log.warning(
            "rollups_repaired",
            day=day.isoformat(),
            number=len(different),
            first=[asdict(each) for each in different[:_SHOWN]],
        )
    return Outcome(f"{day}: {len(different)} roll-ups repaired", {"day": (day - _DAY).isoformat()})
