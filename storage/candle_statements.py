"""The statements behind candles. Both choose, per symbol, the coarsest width with bars in the whole range asked for."""

from functools import cache

from storage.arrays import sent
from storage.buckets import DAY, EXCHANGE_ZONE
from storage.symbols import array_of

_FIRST_OPTION = 3
_OPTION = ("integer", "timestamptz", "timestamptz", "timestamptz", "timestamptz", "bigint")


def _chosen(options: int) -> str:
    """Choose a width for each symbol: $1 symbols, $2 seconds of the bucket, then six parameters per option.

    An option, the coarsest first, is a width, the bounds of the range asked for, those of the page, and the rows that
    are enough for the page: scalars, for an array costs the driver several times as much as its items do.
    """
    rows = ", ".join(_option(place) for place in range(options))
    return f"""
FROM unnest({array_of("$1")}) AS asked (symbol)
CROSS JOIN LATERAL (
    SELECT option.* FROM (VALUES {rows})
         AS option (place, width, range_from, range_to, scan_from, scan_to, enough)
    CROSS JOIN LATERAL (
        SELECT 1 FROM stock_prices
        WHERE symbol = asked.symbol AND width = option.width
          AND time >= option.range_from AND time < option.range_to
        LIMIT 1
    ) AS present
    ORDER BY place LIMIT 1
) AS chosen
"""


def _option(place: int) -> str:
    first = _FIRST_OPTION + place * len(_OPTION)
    return f"({place}, {', '.join(f'${first + number}::{kind}' for number, kind in enumerate(_OPTION))})"


# A date's bars are gathered by the exchange's clock, and stamped as if it were UTC.
_BUCKET = f"""
date_bin(make_interval(secs => $2::integer),
         CASE WHEN chosen.width < {DAY} AND $2::integer >= {DAY}
              THEN (time AT TIME ZONE '{EXCHANGE_ZONE}') AT TIME ZONE 'UTC' ELSE time END,
         '2001-01-01 00:00Z')
"""


@cache  # a text per bucket and direction
def candles_statement(options: int, *, backward: bool) -> str:
    """Write the statement of a page: the rows next to the position make its buckets; the last parameter is how many.

    A symbol's candles come column by column, as they are sent, which takes a fifth of the time that as many rows take;
    before them, how many bars were read at most for all of them, and of how many they were made. First and last bar are
    taken of one order, that in which bars are read: for each order that an aggregate asks for, bars are sorted anew.
    """
    way = "DESC" if backward else "ASC"
    first, last = ("count(*)", "1") if backward else ("1", "count(*)")
    columns = ", ".join(sent(f"array_agg({name})") for name in ("time", "open", "high", "low", "close", "volume"))
    most = f"${_FIRST_OPTION + options * len(_OPTION)}::bigint"
    return f"""
SELECT asked.symbol, chosen.enough, candles.*
{_chosen(options)}
CROSS JOIN LATERAL (
    SELECT sum(bars)::bigint AS bars, {columns}
    FROM (
        SELECT bucket AS time, (array_agg(open ORDER BY bar.time {way}))[{first}] AS open, max(high) AS high,
               min(low) AS low, (array_agg(close ORDER BY bar.time {way}))[{last}] AS close,
               least(sum(volume), 9223372036854775807)::bigint AS volume, count(*) AS bars
        FROM (
            SELECT time, open, high, low, close, volume, {_BUCKET} AS bucket
            FROM stock_prices
            WHERE symbol = asked.symbol AND width = chosen.width AND time >= chosen.scan_from AND time < chosen.scan_to
            ORDER BY time {way} LIMIT chosen.enough
        ) AS bar
        GROUP BY bucket ORDER BY bucket {way} LIMIT {most}
    ) AS candle
) AS candles
"""


@cache
def candle_counts_statement(options: int) -> str:
    """Write the statement that counts candles."""
    return f"""
SELECT asked.symbol, count(*) AS number
{_chosen(options)}
CROSS JOIN LATERAL (
    SELECT DISTINCT {_BUCKET} AS bucket
    FROM stock_prices
    WHERE symbol = asked.symbol AND width = chosen.width AND time >= chosen.scan_from AND time < chosen.scan_to
) AS candle
GROUP BY asked.symbol
"""
