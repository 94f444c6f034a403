"""Writers side by side on the same posts and the same hours: none of them fails, and what they leave is exact."""

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage import retention, writing
from storage.database import Database
from storage.post_records import MentionRecord, PostRecord, Removal
from storage.rows import StockRow
from storage.terms import SentimentLabel, Source
from storage.write_posts import apply_posts
from storage.write_stocks import write_stocks
from tests.ingest.pipeline.conftest import rows
from tests.storage.test_writers import _DRIFT

SYMBOLS = ("AAPL", "AMD", "GME", "JPM", "MSFT", "NVDA", "TSLA", "XOM")
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)
WRITERS = 4
ROUNDS = 25
BATCH = 40
_STORED = "SELECT source, external_id, symbol, posted_at, score FROM stock_mentions"
POSTS = 200
SHARED = 10


def reading(roll: random.Random, writer: int, read_at: datetime) -> PostRecord:
    """Make a reading of a post, each time about other stocks, often of another hour; writers share some posts."""
    number = roll.randrange(POSTS) + writer * (POSTS - SHARED)
    mentions = tuple(
        MentionRecord(symbol, roll.randint(-9, 9), SentimentLabel.NEUTRAL, (), "bare")
        for symbol in roll.sample(SYMBOLS, roll.randint(0, 2))
    )
    return PostRecord(
        Source.X if number % 2 else Source.REDDIT, str(number), NOW - timedelta(hours=roll.randrange(3)), None, None,
        f"text {roll.random()}", None, None, simulated=False, model="m", mentions=mentions, observed_at=read_at,
    )  # fmt: skip


@pytest.fixture
async def listed(database: Database) -> Database:
    """A database that lists the stocks."""
    stocks = [StockRow(symbol, symbol, None, None, None, None, simulated=False) for symbol in SYMBOLS]
    await write_stocks(database, stocks)
    return database


async def test_texts_are_cleared_beside_removals_without_a_deadlock(
    listed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Retention and removals touch the same mentions and roll-ups, from both ends; each gets its way."""
    monkeypatch.setattr(writing, "TRIES", 1)
    monkeypatch.setattr(retention, "TEXTS_AT_ONCE", 150)
    roll = random.Random(1)
    for start in range(0, 600, 200):
        some = [replace(reading(roll, 0, NOW), external_id=str(start + number)) for number in range(200)]
        await apply_posts(listed, some, [], tell_all=False)

    async def clear() -> None:
        position: datetime | None = None
        while (step := await retention.clear_texts(listed, dict.fromkeys(Source, NOW + DAY), position)).position:
            position = step.position

    async def remove(source: Source) -> None:
        for start in range(550, -1, -50):
            gone = [Removal(source, str(start + number), NOW + DAY) for number in range(50)]
            await apply_posts(listed, [], gone, tell_all=False)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(clear())
        tasks.create_task(remove(Source.X))
    assert await rows(listed, _DRIFT) == [(0,)]
    assert await rows(listed, "SELECT count(*) FROM stock_mentions WHERE text IS NOT NULL OR source = 'x'") == [(0,)]


async def test_edits_moves_and_removals_side_by_side_meet_in_no_deadlock(
    listed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No transaction is rolled back for another's sake; the latest readings stand, and roll-ups are their sums."""
    monkeypatch.setattr(writing, "TRIES", 1)  # a deadlock is not tried again, so one that happens is seen
    latest: dict[tuple[str, str], tuple[datetime, PostRecord | None]] = {}

    async def write(number: int) -> None:
        roll = random.Random(number)
        for step in range(ROUNDS):
            read_at = NOW + timedelta(seconds=step, microseconds=number)
            posts = list({post.key: post for post in (reading(roll, number, read_at) for _ in range(BATCH))}.values())
            gone = [Removal(post.source, post.external_id, read_at) for post in posts[::5]]
            kept = [post for place, post in enumerate(posts) if place % 5]
            results: list[tuple[tuple[str, str], PostRecord | None]] = [(each.key, None) for each in gone]
            for key, post in [*results, *((each.key, each) for each in kept)]:
                if key not in latest or latest[key][0] < read_at:
                    latest[key] = read_at, post
            await apply_posts(listed, kept, gone, tell_all=False)

    async with asyncio.TaskGroup() as tasks:
        for number in range(WRITERS):
            tasks.create_task(write(number))
    assert await rows(listed, _DRIFT) == [(0,)]
    assert await rows(listed, "SELECT count(*) FROM sentiment_data WHERE mention_count = 0") == [(0,)]
    assert sorted(await rows(listed, _STORED)) == sorted(
        (*key, mention.symbol, post.posted_at, mention.score)
        for key, (_, post) in latest.items()
        if post is not None
        for mention in post.mentions
    )
