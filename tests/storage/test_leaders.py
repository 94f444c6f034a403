"""The database ranks a snapshot as `Ranking` does, whose rules its own tests prove."""

from datetime import timedelta

import pytest

from loaders.ranking import Ranking
from storage import trending
from storage.database import Database, open_database
from storage.leaders import LeaderRow, Selection, leaders
from storage.rows import SnapshotRow
from storage.session import Session
from storage.stocks import by_symbols
from storage.terms import Timeframe, TrendingRank
from tests.storage.histories import NOW, live
from tests.storage.test_trending import session_of

INTERVAL = 60
# Equal measures under different mentions, and equal mentions: each rule that breaks a tie decides somewhere.
_ENTRIES = """
INSERT INTO trending_entries (snapshot_id, symbol, mention_count, previous_mention_count, discounted_count, score_sum,
                              growth, z_score, previous_rank)
SELECT snapshot_id, 'T' || number, 1 + number % 7, number % 5, number % 3, (number % 4 - 2) * 1111 * (1 + number % 7),
       (1 + number % 7) / nullif(number % 5, 0)::float8 - 1,
       CASE WHEN number % 6 > 0 THEN (number % 9 - 4) / 3.0 END, CASE WHEN number % 5 > 0 THEN number END
FROM trending_snapshots CROSS JOIN generate_series(1, 120) AS number
"""


async def _snapshot(database: Database) -> tuple[Session, SnapshotRow]:
    await live(database, [])
    session = session_of(database)
    await trending.store(session, Timeframe.DAY, NOW)
    await session.fetch("entries", _ENTRIES)
    return session, await trending.snapshot(session, Timeframe.DAY, NOW, INTERVAL)


def _expected(ranking: Ranking, first: int) -> list[LeaderRow]:
    return [
        LeaderRow(
            one.rank,
            one.previous_rank,
            one.symbol,
            one.mention_count,
            one.previous_mention_count,
            one.discounted_count,
            one.growth,
            one.z_score,
            one.average_score,
            one.sentiment_rank,
        )
        for one in ranking.first(first)
    ]


@pytest.mark.parametrize("rank_by", TrendingRank, ids=lambda rank_by: rank_by.name)
async def test_both_ways_of_ranking_agree(database: Database, rank_by: TrendingRank) -> None:
    """Every number of every entry is the same, to the last digit, wherever the list is cut."""
    session, snapshot = await _snapshot(database)
    assert len(snapshot.entries) == 120
    for least in (1, 3, 7, 8):
        ranking = Ranking(snapshot, rank_by, least)
        for first in (1, 10, 100, 200):
            selection = Selection(Timeframe.DAY, rank_by, least)
            found, stocks = await leaders(session, selection, first, NOW, INTERVAL, stocks=False)
            assert list(found.entries) == _expected(ranking, first)
            assert (found.window, found.computed_at) == (snapshot.window, snapshot.computed_at)
            assert found.rank_by is rank_by
            assert stocks == {}


async def test_stocks_come_along(database: Database) -> None:
    """Each as it is listed; a symbol that is no longer listed has none."""
    session, _ = await _snapshot(database)
    await session.fetch("list", "INSERT INTO stocks (symbol, name, market_cap) VALUES ('T6', 'Six', 6)")
    selection = Selection(Timeframe.DAY, TrendingRank.MENTIONS, 1)
    found, stocks = await leaders(session, selection, 20, NOW, INTERVAL, stocks=True)
    symbols = [one.symbol for one in found.entries]
    assert list(stocks) == symbols
    assert "T6" in symbols
    listed = await by_symbols(session, symbols)
    assert stocks == {symbol: listed.get(symbol) for symbol in symbols}


async def test_leaders_are_of_the_snapshot_that_is_served(database: Database) -> None:
    """Where none is fresh one is computed, and while another process computes the newest older one is shown."""
    session, old = await _snapshot(database)
    selection = Selection(Timeframe.DAY, TrendingRank.MENTIONS, 1)
    later = NOW + timedelta(seconds=INTERVAL * trending.INTERVALS_SERVED)
    async with session.transaction() as other:
        await other.fetch("lock", "SELECT pg_advisory_xact_lock($1)", trending._LOCKS[Timeframe.DAY])
        async with open_database(database.settings) as second:
            shown, _ = await leaders(session_of(second), selection, 5, later, INTERVAL, stocks=False)
    assert shown.computed_at == old.computed_at
    assert len(shown.entries) == 5
    own, _ = await leaders(session, selection, 5, later, INTERVAL, stocks=False)
    assert own.window.end == later
