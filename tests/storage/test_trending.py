"""Trending snapshots equal brute force, whatever came late, twice or went, and are read by all."""

import asyncio
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import days, trending
from storage.counting import count_hours, counted_bounds
from storage.database import Database
from storage.deadline import Deadline
from storage.post_records import PostRecord
from storage.rows import SnapshotRow, Window
from storage.session import Session
from storage.terms import Timeframe
from storage.write_posts import delete_posts, write_posts
from tests.storage.floods import expected, floods, post
from tests.storage.histories import NOW, SYMBOLS, World, histories, live

examples = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HOUR = timedelta(hours=1)


def session_of(database: Database) -> Session:
    """A session whose deadline no sound test reaches."""
    return Session(database, Deadline.after(20))


async def count_all(database: Database) -> None:
    """Look through every hour whose roll-ups changed, a few at a time."""
    bounds = await counted_bounds(session_of(database))
    if bounds is not None:
        window = Window(bounds[0], bounds[1] + HOUR)
        while True:
            async with session_of(database).transaction() as transaction:
                if not await count_hours(transaction, window, 7):
                    return


def check(found: SnapshotRow, world: World, timeframe: Timeframe) -> None:
    """Compare a snapshot's entries, and their order, with brute force."""
    wanted = expected(world, timeframe, found.window.end)
    assert [entry.symbol for entry in found.entries] == sorted(
        wanted, key=lambda symbol: (-wanted[symbol].mention_count, symbol)
    )
    for entry in found.entries:
        values = msgspec.structs.asdict(entry)
        assert values.pop("symbol") in wanted
        assert values == pytest.approx(asdict(wanted[entry.symbol]), abs=1e-9)


@given(history=floods, timeframe=st.sampled_from(Timeframe))
@examples
async def test_snapshot_equals_brute_force(database: Database, history: list[Any], timeframe: Timeframe) -> None:
    """Counts, discounts, growth, z-scores and ranks of every symbol, after copies, floods, edits and deletions."""
    world = await live(database, history)
    await count_all(database)
    found = await trending.store(session_of(database), timeframe, NOW)
    assert found.window == Window(NOW - timeframe.length, NOW)
    check(found, world, timeframe)


@given(first=floods, second=floods)
@examples
async def test_recent_changes_show_in_the_next_snapshot(
    database: Database, first: list[Any], second: list[Any]
) -> None:
    """What was counted and then changed within the last two days is counted again, without the job for old hours."""
    await live(database, first)
    await trending.store(session_of(database), Timeframe.DAY, NOW - timedelta(seconds=60))
    world = await live(database, second)
    found = await trending.store(session_of(database), Timeframe.DAY, NOW)
    wanted = expected(world, Timeframe.DAY)
    assert {entry.symbol: (entry.mention_count, entry.discounted_count) for entry in found.entries} == {
        symbol: (each.mention_count, each.discounted_count) for symbol, each in wanted.items()
    }


async def test_a_flood_counts_little_and_says_so(database: Database) -> None:
    """A hundred copies count once, an author's hundred texts three times, a hundred people's a hundred times."""
    at = NOW - timedelta(hours=5)
    await live(database, [])
    await write_posts(database, [post(number, "AAPL", at, text="Buy AAPL now") for number in range(100)])
    await write_posts(database, [post(number, "MSFT", at, author="ann") for number in range(100)])
    await write_posts(database, [post(number, "BRK.B", at, author=f"a{number}") for number in range(100)])
    found = await trending.store(session_of(database), Timeframe.DAY, NOW)
    assert {entry.symbol: (entry.mention_count, entry.discounted_count) for entry in found.entries} == {
        "AAPL": (1, 99),
        "BRK.B": (100, 0),
        "MSFT": (3, 97),
    }


async def test_the_first_of_a_flood_deleted_lets_the_next_count(database: Database) -> None:
    """When the mention that counted is deleted, the number stays and its copy counts instead."""
    await live(database, [])
    at = NOW - timedelta(hours=5)
    await write_posts(database, [post(number, "AAPL", at, text="Buy AAPL now") for number in range(3)])
    assert (await trending.store(session_of(database), Timeframe.DAY, NOW)).entries[0].discounted_count == 2
    await delete_posts(database, post(0, "AAPL", at).source, ["AAPL-0"])
    entry = (await trending.store(session_of(database), Timeframe.DAY, NOW + timedelta(minutes=1))).entries[0]
    assert (entry.mention_count, entry.discounted_count) == (1, 1)


async def test_scores_stay_scores_before_an_old_hour_is_counted_again(database: Database) -> None:
    """When discounted mentions of three days ago go, too much is taken away for a while: never more than can be."""
    at = NOW - timedelta(days=3)
    await live(database, [])
    people = [scored(post(number, "AAPL", at, author=f"a{number}"), 10_000) for number in range(6)]
    copies = [scored(post(6 + number, "AAPL", at, text="Sell it"), -10_000) for number in range(5)]
    await write_posts(database, people + copies)
    await count_all(database)
    await delete_posts(database, copies[0].source, [each.external_id for each in copies[1:]])
    (entry,) = (await trending.store(session_of(database), Timeframe.WEEK, NOW)).entries
    assert (entry.mention_count, entry.score_sum) == (3, 30_000)
    await count_all(database)
    (entry,) = (await trending.store(session_of(database), Timeframe.WEEK, NOW + HOUR)).entries
    assert (entry.mention_count, entry.score_sum) == (7, 50_000)


def scored(record: PostRecord, score: int) -> PostRecord:
    """Give the mentions of a post a score."""
    return replace(record, mentions=tuple(replace(mention, score=score) for mention in record.mentions))


async def test_a_flat_or_tiny_baseline_does_not_explode(database: Database) -> None:
    """One mention in the same hour of each week before, and five now: four deviations, not infinitely many."""
    await live(database, [])
    weekly = [post(week, "AAPL", NOW - timedelta(weeks=week, minutes=30)) for week in range(1, 10)]
    await write_posts(database, [*weekly, *(post(100 + n, "AAPL", NOW - timedelta(minutes=n + 1)) for n in range(5))])
    entry = (await trending.store(session_of(database), Timeframe.HOUR, NOW)).entries[0]
    assert (entry.mention_count, entry.z_score) == (5, 4.0)


async def test_the_example_of_the_page(database: Database) -> None:
    """What docs/trending.md works out by hand."""
    await live(database, [])
    friday = NOW.replace(minute=0, second=0)
    fridays = [(number, 50 + 7 * 24 * 60 * week) for week, number in enumerate((4, 6, 5, 9, 4), 1)]
    numbers = iter(range(1_000))
    for number, minutes in [*fridays, (8, 110), (12, 50)]:
        await write_posts(
            database, [post(next(numbers), "AAPL", friday - timedelta(minutes=minutes)) for _ in range(number)]
        )
    at = friday - timedelta(minutes=40)
    await write_posts(database, [post(next(numbers), "AAPL", at, text="AAPL to the moon") for _ in range(5)])
    await write_posts(database, [post(next(numbers), "AAPL", at, author="ann") for _ in range(7)])
    (entry,) = (await trending.store(session_of(database), Timeframe.HOUR, friday)).entries
    assert (entry.mention_count, entry.previous_mention_count, entry.discounted_count) == (16, 8, 8)
    assert entry.growth == 1.0
    assert entry.z_score == pytest.approx(4.08, abs=0.005)


@given(history=histories, length=st.integers(1, 40))
@examples
async def test_days_equal_brute_force(database: Database, history: list[Any], length: int) -> None:
    """Whole days before today, each once and in order, with that day's mentions and scores."""
    world = await live(database, history)
    found = await days.days_by_symbol(session_of(database), SYMBOLS, length, NOW)
    today = NOW.replace(hour=0, minute=0, second=0)
    for symbol in SYMBOLS:
        windows = [
            Window(today - timedelta(days=each), today - timedelta(days=each - 1)) for each in range(length, 0, -1)
        ]
        sums = [list(world.totals(window, symbol).values()) for window in windows]
        counts = [(sum(one.mention_count for one in each), sum(one.score_sum for one in each)) for each in sums]
        if not any(count for count, _ in counts):
            assert symbol not in found
            continue
        assert [row.day for row in found[symbol]] == [window.start for window in windows]
        assert [(row.mention_count, row.score_sum) for row in found[symbol]] == counts


async def test_a_stored_snapshot_is_not_computed_again(database: Database) -> None:
    """Ten leaders of one instant store one snapshot, and all return it."""
    await live(database, [])
    found = await asyncio.gather(*(trending.store(session_of(database), Timeframe.DAY, NOW) for _ in range(10)))
    assert len({one.computed_at for one in found}) == 1
