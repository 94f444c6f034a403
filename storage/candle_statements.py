"""The statements behind candles. Both choose, per symbol, the coarsest width with bars in the whole range asked for."""

from storage.buckets import DAY, EXCHANGE_ZONE

# $1 symbols; then one element per width that can make the bucket, coarsest first: $2 width, $3 and $4 bounds of the
# range asked for, $5 and $6 bounds of the page, $7 rows that are enough for the page; $8 seconds of the bucket.
_CHOSEN = """
FROM unnest($1::text[]) AS asked (symbol)
CROSS JOIN LATERAL (
    SELECT option.*
    FROM unnest($2::integer[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::bigint[])
         WITH ORDINALITY AS option (width, range_from, range_to, scan_from, scan_to, enough, place)
    CROSS JOIN LATERAL (
        SELECT 1 FROM stock_prices
        WHERE symbol = asked.symbol AND width = option.width
          AND time >= option.range_from AND time < option.range_to
        LIMIT 1
    ) AS present
    ORDER BY place LIMIT 1
) AS chosen
"""

# A date's bars are gathered by the exchange's clock, and stamped as if it were UTC.
_BUCKET = f"""
date_bin(make_interval(secs => $8::integer),
         CASE WHEN chosen.width < {DAY} AND $8::integer >= {DAY}
              THEN (time AT TIME ZONE '{EXCHANGE_ZONE}') AT TIME ZONE 'UTC' ELSE time END,
         '2001-01-01 00:00Z')
"""


def candles_statement(*, backward: bool) -> str:
    """Write the statement of a page: the rows next to the position make its buckets; $9 is how many buckets.

    A symbol's candles come column by column, which the driver reads in less than half the time that as many rows take;
    before them, how many bars were read at most for all of them, and of how many they were made.
    """
    way = "DESC" if backward else "ASC"
    return f"""
SELECT asked.symbol, chosen.enough, candles.*
{_CHOSEN}
CROSS JOIN LATERAL (
    SELECT sum(bars)::bigint AS bars, array_agg(time), array_agg(open), array_agg(high), array_agg(low), array_agg(close),
           array_agg(volume)
    FROM (
        SELECT bucket AS time, (array_agg(open ORDER BY bar.time))[1] AS open, max(high) AS high, min(low) AS low,
               (array_agg(close ORDER BY bar.time DESC))[1] AS close,
               least(sum(volume), 9223372036854775807)::bigint AS volume, count(*) AS bars
        FROM (
            SELECT time, open, high, low, close, volume, {_BUCKET} AS bucket
            FROM stock_prices
            WHERE symbol = asked.symbol AND width = chosen.width AND time >= chosen.scan_from AND time < chosen.scan_to
            ORDER BY time {way} LIMIT chosen.enough
        ) AS bar
        GROUP BY bucket ORDER BY bucket {way} LIMIT $9::bigint
    ) AS candle
) AS candles
"""


CANDLE_COUNTS = f"""
SELECT asked.symbol, count(*) AS number
{_CHOSEN}
CROSS JOIN LATERAL (
    SELECT DISTINCT {_BUCKET} AS bucket
    FROM stock_prices
    WHERE symbol = asked.symbol AND width = chosen.width AND time >= chosen.scan_from AND time < chosen.scan_to
) AS candle
GROUP BY asked.symbol
"""
