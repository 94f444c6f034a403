"""The leaders of the newest trending snapshot, ranked and cut by the database: nobody reads what nobody shows.

`loaders/ranking.py` ranks a whole snapshot by the same rules, for answers that show more of it than one list.
"""

from datetime import datetime
from typing import Any, Final, NamedTuple

import asyncpg
import msgspec

from storage.rows import SCORE_UNIT, StockRow, Window
from storage.session import Session
from storage.terms import Timeframe, TrendingRank
from storage.trending import ending_at, fresh, snapshot
from storage.trending_statements import NEWEST_SNAPSHOT

GROWTH_PRIOR: Final = 20
"""Mentions that ranking by growth adds to both windows, so that 1 to 6 does not beat 1,000 to 3,000."""


class Selection(NamedTuple):
    """A snapshot's timeframe, and what its entries are ranked by and cut at."""

    timeframe: Timeframe
    rank_by: TrendingRank
    min_mentions: int


class LeaderRow(msgspec.Struct, frozen=True, gc=False):
    """An entry with its place, from 1; `sentiment_rank` is its place by average score among the same entries."""

    rank: int
    previous_rank: int | None
    symbol: str
    mention_count: int
    previous_mention_count: int
    discounted_count: int
    growth: float | None
    z_score: float | None
    average_score: float
    sentiment_rank: int


class LeadersRow(msgspec.Struct, frozen=True, gc=False):
    """The first entries of a ranking, best first, and the snapshot that they are of."""

    window: Window
    computed_at: datetime
    rank_by: TrendingRank
    entries: tuple[LeaderRow, ...]


Stocks = dict[str, StockRow | None]
"""The stocks of entries by symbol; None where a symbol is no longer listed."""

_MEASURE = {
    TrendingRank.MENTIONS: "mention_count",
    TrendingRank.GROWTH: (
        f"CASE WHEN growth IS NOT NULL THEN (mention_count::float8 + {GROWTH_PRIOR})"
        f" / (previous_mention_count::float8 + {GROWTH_PRIOR}) - 1 END"
    ),
    TrendingRank.SENTIMENT: "average",
    TrendingRank.Z_SCORE: "z_score",
}
_ENTRY = (
    "array_agg(symbol), array_agg(mention_count), array_agg(previous_mention_count), array_agg(discounted_count),"
    f" array_agg(growth), array_agg(z_score), array_agg(average / {SCORE_UNIT}), array_agg(sentiment_rank)"
)
_STOCK = (
    ", array_agg(name), array_agg(exchange), array_agg(sector), array_agg(industry), array_agg(market_cap),"
    " array_agg(simulated)"
)
_COLUMNS_OF_ENTRY = len(LeaderRow.__struct_fields__)


def leaders_statement(rank_by: TrendingRank, *, stocks: bool) -> str:
    """Write the statement of one ranking, with the stocks of its entries or without.

    $1 timeframe; $2, $3 the window ends after the one and not after the other; $4 the fewest mentions; $5 how many
    leaders. They come column by column, which the driver reads in less than half the time that as many rows take.
    """
    previous = "previous_rank" if rank_by is TrendingRank.MENTIONS else "NULL::integer"
    return f"""
SELECT newest.window_from, newest.window_to, newest.computed_at, leaders.*
FROM {NEWEST_SNAPSHOT}
CROSS JOIN LATERAL (
    SELECT array_agg(place), array_agg({previous}), {_ENTRY}{_STOCK if stocks else ""}
    FROM (
        SELECT * FROM (
            SELECT *, row_number() OVER (ORDER BY {_MEASURE[rank_by]} DESC NULLS LAST, mention_count DESC, symbol)
                      AS place,
                   row_number() OVER (ORDER BY average DESC, symbol) AS sentiment_rank
            FROM (
                SELECT *, score_sum / mention_count::float8 AS average FROM trending_entries
                WHERE snapshot_id = newest.snapshot_id AND mention_count >= $4::integer
            ) AS enough
        ) AS ranked
        {"LEFT JOIN stocks USING (symbol)" if stocks else ""}
        WHERE place <= $5::bigint ORDER BY place
    ) AS leader
) AS leaders
"""


async def leaders(
    session: Session, chosen: Selection, first: int, now: datetime, interval_seconds: int, *, stocks: bool
) -> tuple[LeadersRow, Stocks]:
    """Return the first entries of the snapshot that `trending.snapshot` would return, and their stocks if asked for.

    They are selected by at least one mention.
    """
    ends = fresh(now, interval_seconds)
    while (found := await _read(session, chosen, first, ends, stocks=stocks)) is None:
        ends = ending_at((await snapshot(session, chosen.timeframe, now, interval_seconds)).window.end)
    return found


async def _read(
    session: Session, chosen: Selection, first: int, ends: Window, *, stocks: bool
) -> tuple[LeadersRow, Stocks] | None:
    timeframe, rank_by, least = chosen
    sql = leaders_statement(rank_by, stocks=stocks)
    row = await session.fetchrow("trending_leaders", sql, timeframe.value, ends.start, ends.end, least, first)
    return None if row is None else _leaders(row, rank_by)


def _leaders(row: asyncpg.Record, rank_by: TrendingRank) -> tuple[LeadersRow, Stocks]:
    start, end, computed_at, *columns = row
    entry, stock = columns[:_COLUMNS_OF_ENTRY], columns[_COLUMNS_OF_ENTRY:]
    symbols = entry[2]
    entries = () if symbols is None else tuple(map(LeaderRow, *entry))
    listed = {} if symbols is None or not stock else dict(zip(symbols, map(_stock, symbols, *stock), strict=True))
    return LeadersRow(Window(start, end), computed_at, rank_by, entries), listed


def _stock(symbol: str, name: str | None, *others: Any) -> StockRow | None:
    return None if name is None else StockRow(symbol, name, *others)
