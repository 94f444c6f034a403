"""Days of a symbol side by side: the session's close, and what was said."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from storage.buckets import DAY, EXCHANGE_ZONE, floor, raw_bound, widths_for
from storage.rows import DayRow
from storage.session import Session
from storage.terms import BucketSize

# $1 symbols; $2 the first day, $3 how many; then one element per width, coarsest first: $4 width, $5 and $6 bounds of
# all the days' bars. A symbol's closes all come from the coarsest width with bars in those days.
_DAYS = f"""
SELECT asked.symbol, day.start AS day, closing.close, said.mention_count, said.score_sum
FROM unnest($1::text[]) AS asked (symbol)
LEFT JOIN LATERAL (
    SELECT option.width
    FROM unnest($4::integer[], $5::timestamptz[], $6::timestamptz[])
         WITH ORDINALITY AS option (width, range_from, range_to, place)
    CROSS JOIN LATERAL (
        SELECT 1 FROM stock_prices
        WHERE symbol = asked.symbol AND width = option.width
          AND time >= option.range_from AND time < option.range_to
        LIMIT 1
    ) AS present
    ORDER BY place LIMIT 1
) AS chosen ON true
CROSS JOIN generate_series(0, $3::integer - 1) AS number
CROSS JOIN LATERAL (
    SELECT $2::timestamptz + make_interval(secs => {DAY}) * number AS start,
           $2::timestamptz + make_interval(secs => {DAY}) * (number + 1) AS until
) AS day
CROSS JOIN LATERAL (
    SELECT CASE WHEN chosen.width < {DAY} THEN '{EXCHANGE_ZONE}' ELSE 'UTC' END AS name
) AS zone
LEFT JOIN LATERAL (
    SELECT close FROM stock_prices
    WHERE symbol = asked.symbol AND width = chosen.width
      AND time >= (day.start AT TIME ZONE 'UTC') AT TIME ZONE zone.name
      AND time < (day.until AT TIME ZONE 'UTC') AT TIME ZONE zone.name
    ORDER BY time DESC LIMIT 1
) AS closing ON true
CROSS JOIN LATERAL (
    SELECT coalesce(sum(mention_count), 0)::bigint AS mention_count, coalesce(sum(score_sum), 0)::bigint AS score_sum
    FROM sentiment_data
    WHERE symbol = asked.symbol AND width = {DAY} AND bucket = day.start
) AS said
ORDER BY asked.symbol, day.start
"""


async def days_by_symbol(
    session: Session, symbols: Sequence[str], days: int, until: datetime
) -> dict[str, list[DayRow]]:
    """Return each symbol's last `days` whole days (UTC) before the day of `until`, in order and without a gap.

    A day's close is that of the session of its date. Symbols with neither a close nor a mention are left out.
    """
    end = floor(until, BucketSize.DAY)
    first = end - timedelta(days=days)
    widths = widths_for(BucketSize.DAY)
    bounds = [[raw_bound(moment, width, BucketSize.DAY) for width in widths] for moment in (first, end)]
    rows = await session.fetch("days", _DAYS, list(symbols), first, days, widths, *bounds)
    found: defaultdict[str, list[DayRow]] = defaultdict(list)
    for row in rows:
        found[row["symbol"]].append(DayRow(row["day"], row["close"], row["mention_count"], row["score_sum"]))
    return {symbol: of for symbol, of in found.items() if any(day.mention_count or day.close for day in of)}
