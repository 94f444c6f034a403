"""What jobs ask of big tables: their own stretch of time by index, and no table read whole."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from ops.settings import Settings
from storage.database import Connection, open_database
from storage.deadline import Deadline
from storage.retention import _BURIED, _CLEAR, _SILENT
from storage.rollup_repair import _DIFFERENT, _REPAIR
from tests.storage.crowd import NOW, crowded_url
from tests.storage.plans import explained

__all__ = ["crowded_url"]

DAY = timedelta(days=1)
START = NOW.replace(hour=0, minute=0, second=0) - DAY


@pytest.fixture
async def connection(crowded_url: str) -> AsyncIterator[Connection]:
    """A transaction on the crowded database whose writes go again."""
    settings = Settings.model_validate({"database_url": crowded_url, "database_pool": 2})
    async with open_database(settings) as database, database.lease(Deadline.after(60)) as lent:
        transaction = lent.transaction()
        await transaction.start()
        yield lent
        await transaction.rollback()


async def test_comparing_a_day_reads_that_day(connection: Connection) -> None:
    """A day's mentions and roll-ups, each once."""
    plan = await explained(connection, _DIFFERENT, (START, START + DAY))
    mentions = await connection.fetchval(
        "SELECT count(*) FROM stock_mentions WHERE posted_at >= $1 AND posted_at < $2", START, START + DAY
    )
    rolled = await connection.fetchval(
        "SELECT count(*) FROM sentiment_data WHERE bucket >= $1 AND bucket < $2", START, START + DAY
    )
    assert not plan.whole
    assert plan.returned == 0
    assert plan.read <= mentions + rolled + 5


async def test_repairing_reads_the_roll_ups_asked_for(connection: Connection) -> None:
    """Two roll-ups are summed from their own mentions."""
    keys = (["S0006", "S0012"], [3_600, 86_400], [START + timedelta(hours=3), START], ["x", "news"])
    plan = await explained(connection, _REPAIR, keys)
    assert not plan.whole - {"sentiment_data"}
    assert plan.read <= 500


async def test_clearing_texts_reads_its_stretch(connection: Connection) -> None:
    """A day of mentions is looked at, and those cleared are found by their keys."""
    sources = ["reddit", "x", "news"]
    plan = await explained(connection, _CLEAR, (sources, [START + DAY] * 3, START, START + DAY, 200))
    mentions = await connection.fetchval(
        "SELECT count(*) FROM stock_mentions WHERE posted_at >= $1 AND posted_at < $2", START, START + DAY
    )
    assert not plan.whole
    assert mentions > 1_000
    assert plan.read <= 2 * mentions + 1_000


async def test_purging_reads_tombstones_only(connection: Connection) -> None:
    """The ledger of living posts is not read for the few that were deleted."""
    await connection.execute(
        """
        INSERT INTO posts (source, external_id, posted_at, deleted_at)
        SELECT 'x', 'p' || n, now(), CASE WHEN n % 100 = 0 THEN '2020-01-01Z'::timestamptz END
        FROM generate_series(1, 20000) AS n
        """
    )
    await connection.execute("ANALYZE posts")
    plan = await explained(connection, _BURIED, (NOW, 5_000))
    assert not plan.whole
    assert "posts_deleted_idx" in plan.indexes
    assert plan.read <= 1_000


async def test_purging_reads_silent_entries_only(connection: Connection) -> None:
    """Nor is it read for the few that are about nothing."""
    await connection.execute(
        """
        INSERT INTO posts (source, external_id, posted_at, observed_at, silent)
        SELECT 'x', 's' || n, '2020-01-01Z', '2020-01-01Z', n % 100 = 0 FROM generate_series(1, 20000) AS n
        """
    )
    await connection.execute("ANALYZE posts")
    plan = await explained(connection, _SILENT, (NOW, 5_000))
    assert not plan.whole
    assert "posts_silent_idx" in plan.indexes
    assert plan.read <= 1_000
