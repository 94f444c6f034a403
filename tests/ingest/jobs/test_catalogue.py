"""Each job by itself: what it leaves behind, where it goes on, and what a second run does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from ingest.jobs import retention
from ingest.jobs.catalogue import catalogue
from ingest.jobs.job import Outcome, Surroundings
from ops.errors import Unavailable
from ops.settings import Settings
from storage import trending
from storage.database import Database
from storage.deadline import Deadline
from storage.event_items import TrendingEvent
from storage.events import EVENT_STREAMS
from storage.jobs import Taken
from storage.redis import open_redis
from storage.session import Session
from storage.terms import Source, Timeframe
from storage.write_posts import write_posts
from tests.ingest.jobs.conftest import act
from tests.storage.floods import post
from tests.storage.histories import NOW, live

MINUTE = NOW.replace(second=0)


async def run(surroundings: Surroundings, name: str, position: Any = None, instant: datetime = MINUTE) -> Outcome:
    """Run a job once, as its leader would."""
    (job,) = [job for job in catalogue(surroundings.settings) if job.name == name]
    return await job.work(surroundings, Taken(name, 1, instant, position or {}, 0))


async def run_through(surroundings: Surroundings, name: str) -> list[str]:
    """Run a job until it has nothing left to do at once; return its summaries."""
    outcome = await run(surroundings, name)
    said = [outcome.summary]
    while outcome.again:
        outcome = await run(surroundings, name, outcome.position)
        said.append(outcome.summary)
    assert outcome.position == {}
    return said


async def counts(database: Database, instant: datetime) -> list[tuple[str, int, int]]:
    """The counts of a week's snapshot."""
    found = await trending.store(Session(database, Deadline.after(10)), Timeframe.WEEK, instant)
    return [(entry.symbol, entry.mention_count, entry.discounted_count) for entry in found.entries]


async def test_old_hours_are_counted_again(surroundings: Surroundings) -> None:
    """A flood that comes late, older than two days, counts in full until the job has looked at its hour."""
    database = surroundings.database
    await live(database, [])
    at = NOW - timedelta(days=5)
    await write_posts(database, [post(number, "AAPL", at, text="Buy!") for number in range(9)])
    await write_posts(database, [post(number, "MSFT", NOW - timedelta(weeks=40)) for number in range(2)])
    assert await counts(database, MINUTE) == [("AAPL", 9, 0)]
    said = await run_through(surroundings, "count-mentions")
    assert len(said) == 40
    assert [line for line in said if not line.startswith("0 hours")] == [
        "1 hours of stocks counted again, 2026-11-08 to 2026-11-15",
        "1 hours of stocks counted again, 2026-02-08 to 2026-02-15",
    ]
    assert await counts(database, MINUTE + timedelta(minutes=1)) == [("AAPL", 1, 8)]
    assert all(line.startswith("0 hours") for line in await run_through(surroundings, "count-mentions"))


async def test_repair_goes_back_day_by_day_and_begins_again(surroundings: Surroundings) -> None:
    """From the day of the newest mention to that of the oldest, each once, and then from the newest again."""
    database = surroundings.database
    await live(database, [])
    await write_posts(database, [post(day, "AAPL", NOW - timedelta(days=day)) for day in (0, 3)])
    await act(database, "DELETE FROM sentiment_data WHERE bucket < '2026-11-18Z'")
    position: Any = {}
    said = []
    for _ in range(5):
        outcome = await run(surroundings, "repair-rollups", position)
        position = outcome.position
        said.append(outcome.summary)
    assert said == [
        "2026-11-20: 0 roll-ups repaired",
        "2026-11-19: 0 roll-ups repaired",
        "2026-11-18: 0 roll-ups repaired",
        "2026-11-17: 2 roll-ups repaired",
        "2026-11-20: 0 roll-ups repaired",
    ]


async def test_texts_are_cleared_by_the_settings(surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each source's days come from its setting, and a run that is cut short goes on where it was."""
    monkeypatch.setattr(retention, "_STEPS", 7)
    database = surroundings.database
    intake = surroundings.settings.intake.model_copy(update={"retain_text_days_x": 3, "retain_text_days_news": 20})
    mine = replace(surroundings, settings=surroundings.settings.model_copy(update={"intake": intake}))
    await live(database, [])
    for source in (Source.X, Source.NEWS):
        await write_posts(
            database, [replace(post(day, "AAPL", NOW - timedelta(days=day)), source=source) for day in (1, 5, 19, 25)]
        )
    assert len(await run_through(mine, "clear-texts")) > 1
    async with database.lease(Deadline.after(10)) as connection:
        left = await connection.fetch(
            "SELECT source, count(text) AS texts, count(*) AS all FROM stock_mentions GROUP BY 1"
        )
    assert {row["source"]: (row["texts"], row["all"]) for row in left} == {"x": (1, 4), "news": (3, 4)}


async def test_old_tombstones_are_purged(surroundings: Surroundings) -> None:
    """What was deleted more than ninety days ago is forgotten, and nothing else."""
    database = surroundings.database
    await live(database, [])
    await write_posts(database, [post(number, "AAPL", NOW) for number in range(3)])
    await act(database, "UPDATE posts SET deleted_at = '2026-08-01Z' WHERE external_id = 'AAPL-0'")
    await act(database, "UPDATE posts SET deleted_at = '2026-11-01Z' WHERE external_id = 'AAPL-1'")
    assert await run_through(surroundings, "purge-tombstones") == ["1 tombstones and 0 silent posts purged"]
    async with database.lease(Deadline.after(10)) as connection:
        assert await connection.fetchval("SELECT count(*) FROM posts") == 2


async def test_what_could_not_be_published_is_published_later(
    surroundings: Surroundings, settings: Settings, database: Database
) -> None:
    """Redis is away: the snapshot is stored and the run fails; the next run of the instant publishes that snapshot."""
    await live(database, [])
    away = settings.model_copy(
        update={"redis_url": Settings.model_validate({"redis_url": "redis://127.0.0.1:1"}).redis_url}
    )
    async with open_redis(away) as redis:
        with pytest.raises(Unavailable):
            await run(replace(surroundings, redis=redis), "trending-day")
    stored = await trending.store(Session(database, Deadline.after(10)), Timeframe.DAY, MINUTE)
    async with open_redis(settings) as redis:
        await run(replace(surroundings, redis=redis), "trending-day")
    again = await trending.store(Session(database, Deadline.after(10)), Timeframe.DAY, MINUTE)
    assert again.computed_at == stored.computed_at
    assert settings.redis_url
    async with Redis.from_url(settings.redis_url.get_secret_value()) as client:
        assert await client.xlen(EVENT_STREAMS[TrendingEvent]) == 1


async def test_no_mentions_are_no_failure(surroundings: Surroundings) -> None:
    """Every job of an empty database ends well, and a snapshot without entries is stored."""
    await live(surroundings.database, [])
    for job in catalogue(surroundings.settings):
        outcome = await run(surroundings, job.name, instant=datetime.now(UTC))
        assert outcome.summary
        assert not outcome.again
