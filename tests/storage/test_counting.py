"""Counting converges: whatever writers do beside it, the next look at an hour finds what changed since the last."""

import asyncio
import random
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from msgspec import structs

from storage import trending
from storage.counting import count_hours, counted_bounds
from storage.database import Database
from storage.deadline import Deadline
from storage.post_records import PostRecord
from storage.rows import Window
from storage.session import Session
from storage.terms import Timeframe
from storage.write_posts import delete_posts, write_posts
from tests.storage.floods import expected, post
from tests.storage.histories import NOW, SYMBOLS, World, live

HOUR = timedelta(hours=1)
LAST = NOW.replace(minute=0, second=0)


def session_of(database: Database) -> Session:
    """A session whose deadline no sound test reaches."""
    return Session(database, Deadline.after(60))


async def count(database: Database, hours: Window, most: int = 1_000) -> int:
    """Look through some hours once."""
    async with session_of(database).transaction() as transaction:
        return await count_hours(transaction, hours, most)


async def test_counting_beside_writers_converges(database: Database) -> None:
    """Two writers flood, edit and delete the same few hours while counting goes on; then all is as by brute force."""
    await live(database, [])
    world = World()

    async def write(writer: int) -> None:
        chance = random.Random(writer)
        for turn in range(15):
            batch = [_any_post(chance, writer, turn) for _ in range(20)]
            await write_posts(database, batch)
            world.posts.update({each.key: each for each in batch if world.posts.get(each.key, each) is not None})
            gone = [each for each in batch if chance.random() < 0.2]
            await delete_posts(database, batch[0].source, [each.external_id for each in gone])
            world.posts.update({each.key: None for each in gone})

    async def count_on(writing: "asyncio.Future[list[None]]") -> int:
        counted = 0
        while not writing.done():
            counted += await count(database, Window(LAST - trending.RECENT, LAST))
        return counted

    writing = asyncio.gather(*(write(number) for number in range(2)))
    counted = await count_on(writing)
    await writing
    assert counted > 0
    found = await trending.store(session_of(database), Timeframe.DAY, NOW)
    wanted = expected(world, Timeframe.DAY)
    assert found.entries
    assert sum(entry.discounted_count for entry in found.entries) > 0
    for entry in found.entries:
        values = structs.asdict(entry)
        assert asdict(wanted[values.pop("symbol")]) == pytest.approx(values, abs=1e-9)


async def test_counting_in_small_steps_reaches_everything(database: Database) -> None:
    """Newest hours first, as many as asked for, until none is left; then nothing is read again."""
    await live(database, [])
    await write_posts(database, [post(hour, "AAPL", LAST - HOUR * (hour + 1)) for hour in range(10)])
    hours = Window(LAST - HOUR * 10, LAST)
    assert [await count(database, hours, 4) for _ in range(4)] == [4, 4, 2, 0]
    assert await counted_bounds(session_of(database)) == (hours.start, LAST - HOUR)


async def test_an_hour_without_mentions_is_forgotten(database: Database) -> None:
    """When all mentions of an hour went, its row goes too, with what it took away."""
    await live(database, [])
    posts = [post(number, "AAPL", LAST - HOUR, text="Buy!") for number in range(3)]
    await write_posts(database, posts)
    hours = Window(LAST - HOUR, LAST)
    assert await count(database, hours) == 1
    await delete_posts(database, posts[0].source, [each.external_id for each in posts])
    assert await count(database, hours) == 1
    assert await count(database, hours) == 0
    assert await counted_bounds(session_of(database)) is None


async def test_an_edit_that_changes_no_sum_is_seen(database: Database) -> None:
    """Another author or wording, with the same score and label: only the discount changes, and it does."""
    await live(database, [])
    posts = [post(number, "AAPL", LAST - HOUR, text=f"Thought {number}") for number in range(6)]
    await write_posts(database, posts)
    assert await _discounted(database, 0) == 0
    await write_posts(database, [replace(each, text="Buy!") for each in posts])
    assert await _discounted(database, 1) == 5
    await write_posts(database, [replace(each, author="ann") for each in posts])
    assert await _discounted(database, 2) == 3


async def _discounted(database: Database, minute: int) -> int:
    """How many mentions of the only entry do not count, in the snapshot of a minute."""
    found = await trending.store(session_of(database), Timeframe.DAY, NOW + timedelta(minutes=minute))
    (entry,) = found.entries
    return entry.discounted_count


def _any_post(chance: random.Random, writer: int, turn: int) -> PostRecord:
    """Make a post of this writer's own: a new one, or one that it wrote before, changed."""
    number = writer * 10_000 + chance.randrange(turn * 10, turn * 10 + 40)
    at = NOW - timedelta(minutes=chance.choice([61, 62, 90, 180, 1_000]))
    text = chance.choice(["Buy!", f"Thought {number}", f"Thought {number} again"])
    return post(number, chance.choice(SYMBOLS), at, author=chance.choice([None, "ann", "bob"]), text=text)
