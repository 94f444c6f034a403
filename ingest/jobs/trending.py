"""Trending: a snapshot per timeframe and interval, stored by whoever leads, then told to subscribers."""

from functools import partial

from ingest.jobs.job import Job, Outcome, Surroundings
from ops.settings import Settings
from storage import events, trending
from storage.deadline import Deadline
from storage.event_items import TrendingEvent
from storage.jobs import Taken
from storage.session import Session
from storage.terms import Timeframe

_MOST_SECONDS = 120.0


def trending_jobs(settings: Settings) -> list[Job]:
    """Return one job per timeframe: one that fails, or is slow, holds up no other."""
    return [
        Job(f"trending-{timeframe.value}", settings.trending_interval, partial(_store, timeframe), _MOST_SECONDS)
        for timeframe in Timeframe
    ]


async def _store(timeframe: Timeframe, surroundings: Surroundings, taken: Taken) -> Outcome:
    """Store the snapshot of the interval's start, and publish it.

    A run that comes again after it stored but could not publish finds the snapshot there and publishes.
    """
    session = Session(surroundings.database, Deadline.after(_MOST_SECONDS))
    snapshot = await trending.store(session, timeframe, taken.instant)
    if surroundings.redis.client is not None:
        event = TrendingEvent(timeframe, taken.instant)
        await events.publish(surroundings.redis, [event], surroundings.settings.intake)
    return Outcome(f"{len(snapshot.entries)} stocks at {taken.instant:%H:%M:%S}")
