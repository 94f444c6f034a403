"""Roll-ups that drifted are put right, beside writers, and those that did not are left alone."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings

from ops.errors import Unavailable
from storage.database import Database
from storage.deadline import Deadline
from storage.rollup_repair import mention_bounds, repair_rollups
from storage.rows import Window
from storage.write_posts import delete_posts, write_posts
from tests.storage.floods import floods, post
from tests.storage.histories import NOW, SYMBOLS, live

TODAY = Window(datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))
DRIFT = """
UPDATE sentiment_data SET mention_count = mention_count + 1, neutral = neutral + 1 WHERE symbol = 'AAPL';
UPDATE sentiment_data SET score_sum = score_sum - 7 WHERE symbol = 'MSFT';
DELETE FROM sentiment_data WHERE symbol = 'BRK.B' AND width = 86400;
INSERT INTO sentiment_data VALUES ('GONE', 3600, '2026-11-20 04:00Z', 'x', 3, 5, 5, 1, 1, 1);
"""
WRONG = """
SELECT count(*) FROM (
    SELECT symbol, width, date_bin(make_interval(secs => width), posted_at, '2001-01-01 00:00Z') AS bucket, source,
           count(*) AS number, sum(score) AS total
    FROM stock_mentions CROSS JOIN (VALUES (3600), (86400)) AS widths (width) GROUP BY 1, 2, 3, 4
) AS raw FULL JOIN sentiment_data USING (symbol, width, bucket, source)
WHERE (number, total) IS DISTINCT FROM (mention_count::bigint, score_sum)
"""


async def wrong(database: Database) -> int:
    """How many roll-ups are not the sum of their mentions."""
    async with database.lease(Deadline.after(10)) as connection:
        return int(await connection.fetchval(WRONG))


async def drift(database: Database) -> None:
    """Spoil roll-ups in every way: too much, too little, missing, and of nothing."""
    async with database.lease(Deadline.after(10)) as connection:
        await connection.execute(DRIFT)


async def repair_all(database: Database) -> int:
    """Repair day by day, and count what differed."""
    bounds = await mention_bounds(database)
    number = 0
    while bounds is not None and bounds[0] <= bounds[1]:
        start = bounds[1].replace(hour=0, minute=0, second=0, microsecond=0)
        number += len(await repair_rollups(database, Window(start, start + timedelta(days=1))))
        bounds = (bounds[0], start - timedelta(microseconds=1))
    return number


@given(history=floods)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_drift_is_found_and_repaired(database: Database, history: list[Any]) -> None:
    """After spoiling, exactly the spoilt rows differ; after repair none do, and a second pass finds nothing."""
    async with database.lease(Deadline.after(10)) as connection:
        await connection.execute("DELETE FROM stock_mentions; DELETE FROM sentiment_data")
    await live(database, history)
    assert await repair_all(database) == 0
    await drift(database)
    spoilt = await wrong(database)
    assert spoilt > 0
    assert await repair_all(database) == spoilt
    assert await wrong(database) == 0
    assert await repair_all(database) == 0


async def test_what_was_found_is_told(database: Database) -> None:
    """A difference names the roll-up, with the mentions that are there and those that were said to be."""
    await live(database, [])
    await write_posts(database, [post(1, "AAPL", NOW)])
    await drift(database)
    found = {(each.symbol, each.width): (each.found, each.stored) for each in await repair_rollups(database, TODAY)}
    assert found == {("AAPL", 3600): (1, 2), ("AAPL", 86400): (1, 2), ("GONE", 3600): (0, 3)}


async def test_repair_beside_writers_is_exact(database: Database) -> None:
    """Writers insert, change and delete the very rows that are spoilt and repaired meanwhile: all end up exact."""
    await live(database, [])
    rounds = 12

    async def write(writer: int) -> None:
        for turn in range(rounds):
            batch = [
                post(writer * 1_000 + number, symbol, NOW - timedelta(minutes=number * 7), text=f"{turn} {number}")
                for number in range(40)
                for symbol in SYMBOLS
            ]
            await write_posts(database, batch)
            gone = [each.external_id for each in batch[turn :: rounds // 2]]
            await delete_posts(database, batch[0].source, gone)

    async def spoil_and_repair(writing: "asyncio.Task[None]") -> int:
        repaired = 0
        while not writing.done():
            await _patiently(drift(database))
            repaired += len(await repair_rollups(database, TODAY))
        return repaired

    async with asyncio.TaskGroup() as tasks:
        writers = [tasks.create_task(write(number)) for number in range(2)]
        repairing = tasks.create_task(spoil_and_repair(writers[0]))
    assert repairing.result() > 0
    await repair_rollups(database, TODAY)
    assert await wrong(database) == 0


async def test_writers_are_not_held_up_by_a_repair_that_waits(database: Database) -> None:
    """A transaction that wrote roll-ups and does not end: the repair gives up in two seconds and says so."""
    await live(database, [])
    await write_posts(database, [post(1, "AAPL", NOW)])
    await drift(database)
    async with database.transaction(Deadline.after(30)) as writer:
        await writer.execute("UPDATE sentiment_data SET score_sum = score_sum WHERE symbol = 'AAPL'")
        with pytest.raises(Unavailable):
            await repair_rollups(database, TODAY)
    assert len(await repair_rollups(database, TODAY)) == 3


async def _patiently(spoiling: Any) -> None:
    """Spoil; that a row of the very same key is being inserted or deadlocks is the writers' good right."""
    try:
        await spoiling
    except (asyncpg.UniqueViolationError, Unavailable):
        await asyncio.sleep(0)
