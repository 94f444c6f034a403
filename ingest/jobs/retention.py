"""Retention: the texts of old mentions, and what the ledger knows of posts deleted or found silent long ago."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from ingest.jobs.job import Job, Outcome, Surroundings
from ops.intake_settings import IntakeSettings
from storage.jobs import Taken
from storage.retention import ENTRIES_AT_ONCE, clear_texts, purge_silent, purge_tombstones
from storage.terms import Source

_EVERY = 86_400
_STEPS = 200  # of one run; the next follows at once
TOMBSTONES_KEPT = timedelta(days=90)
"""How long a post that was deleted, or is about nothing, is remembered.

A collector reads it again long before; a file may be imported after.
"""


def retention_jobs() -> list[Job]:
    """Return the jobs that take old texts and tombstones away, once a day each."""
    return [Job("clear-texts", _EVERY, _clear), Job("purge-tombstones", _EVERY, _purge)]


async def _clear(surroundings: Surroundings, taken: Taken) -> Outcome:
    days = _days(surroundings.settings.intake)
    before = {source: taken.instant - timedelta(days=number) for source, number in days.items()}
    position = datetime.fromisoformat(taken.position["at"]) if "at" in taken.position else None
    texts = 0
    for _ in range(_STEPS):
        step = await clear_texts(surroundings.database, before, position)
        texts += step.texts
        position = step.position
        if position is None:
            return Outcome(f"{texts} texts cleared")
    at = position.astimezone(UTC).isoformat() if position else ""
    return Outcome(f"{texts} texts cleared, up to {at}", {"at": at}, again=True)


async def _purge(surroundings: Surroundings, taken: Taken) -> Outcome:
    before = taken.instant - TOMBSTONES_KEPT
    tombstones, done = await _purge_all(partial(purge_tombstones, surroundings.database, before))
    silent, silent_done = await _purge_all(partial(purge_silent, surroundings.database, before))
    return Outcome(f"{tombstones} tombstones and {silent} silent posts purged", again=not (done and silent_done))


async def _purge_all(purge: Callable[[], Awaitable[int]]) -> tuple[int, bool]:
    """Purge step by step; return how many entries went, and whether none are left."""
    purged = 0
    for _ in range(_STEPS):
        number = await purge()
        purged += number
        if number < ENTRIES_AT_ONCE:
            return purged, True
    return purged, False


def _days(intake: IntakeSettings) -> dict[Source, int]:
    return {
        Source.REDDIT: intake.retain_text_days_reddit,
        Source.X: intake.retain_text_days_x,
        Source.NEWS: intake.retain_text_days_news,
    }
