"""The statements behind points. Buckets of an hour and wider come from roll-ups, narrower ones from raw mentions.

All take $1 symbols with $2, $3 the bounds of each one's bucket starts, $4 the source or null for all, $5 seconds of the
bucket; pages take $6 how many buckets. OFFSET 0 keeps a sub-query from being computed once more at every use.
"""

from storage.sentiment_sums import LIST, OF_ROLLUPS, ONE_MENTION

_ASKED = "unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS asked (symbol, start, until)"
_STEP = "make_interval(secs => $5::integer)"
_SOURCE = "($4::text IS NULL OR source = $4::text)"


def _bucket(column: str) -> str:
    return f"date_bin({_STEP}, {column}, '2001-01-01 00:00Z')"


def rollup_page(*, backward: bool, asked: str = _ASKED) -> str:
    """Write the page's statement; $7 is the width of the roll-ups, $8 how many of them are enough for the page."""
    way = "DESC" if backward else "ASC"
    return f"""
SELECT asked.symbol, point.time, {LIST}
FROM {asked}
CROSS JOIN LATERAL (
    SELECT time, {OF_ROLLUPS}
    FROM (
        SELECT {_bucket("bucket")} AS time, {LIST} FROM sentiment_data
        WHERE symbol = asked.symbol AND width = $7::integer AND bucket >= asked.start AND bucket < asked.until
          AND {_SOURCE}
        ORDER BY bucket {way} LIMIT $8::bigint
    ) AS part
    GROUP BY time ORDER BY time {way} LIMIT $6::bigint
) AS point
"""


def raw_page(*, backward: bool, asked: str = _ASKED) -> str:
    """Write the page's statement: from one bucket that holds a mention to the next, and each of them summed."""
    way = "DESC" if backward else "ASC"
    rest = "posted_at < found.time" if backward else f"posted_at >= found.time + {_STEP}"
    return f"""
WITH RECURSIVE found AS (
    SELECT asked.symbol, asked.start, asked.until, nearest.time, 1 AS number
    FROM {asked}
    CROSS JOIN LATERAL (
        SELECT {_bucket("posted_at")} AS time FROM stock_mentions
        WHERE symbol = asked.symbol AND posted_at >= asked.start AND posted_at < asked.until AND {_SOURCE}
        ORDER BY posted_at {way} LIMIT 1
    ) AS nearest
    UNION ALL
    SELECT found.symbol, found.start, found.until, nearest.time, found.number + 1
    FROM found
    CROSS JOIN LATERAL (
        SELECT {_bucket("posted_at")} AS time FROM stock_mentions
        WHERE symbol = found.symbol AND posted_at >= found.start AND posted_at < found.until AND {rest} AND {_SOURCE}
        ORDER BY posted_at {way} LIMIT 1
    ) AS nearest
    WHERE found.number < $6::bigint
)
SELECT found.symbol, found.time, {LIST}
FROM found
CROSS JOIN LATERAL ({_raw_sums("found.time")}) AS point
"""


def filled_page(*, backward: bool, bounded: bool, rollups: bool) -> str:
    """Write the statement of a page without gaps; $7, $8 bound the page, $9 is the width of the roll-ups.

    Unless `bounded`, a symbol's buckets reach from its first mention to its last.
    """
    bounds = "SELECT asked.start, asked.until" if bounded else _extent(rollups=rollups)
    series = (
        f"least(span.until, $8::timestamptz) - {_STEP} * (number + 1)"
        if backward
        else f"greatest(span.start, $7::timestamptz) + {_STEP} * number"
    )
    sums = _rollup_sums("series.time") if rollups else _raw_sums("series.time")
    return f"""
SELECT asked.symbol, series.time, {LIST}
FROM {_ASKED}
CROSS JOIN LATERAL ({bounds}) AS span (start, until)
CROSS JOIN LATERAL (
    SELECT {series} AS time FROM generate_series(0, $6::bigint - 1) AS number OFFSET 0
) AS series
CROSS JOIN LATERAL ({sums}) AS point
WHERE span.start IS NOT NULL AND series.time >= greatest(span.start, $7::timestamptz)
  AND series.time < least(span.until, $8::timestamptz)
"""


def counts(*, rollups: bool) -> str:
    """Write the statement that counts buckets with mentions; $6 is the width of the roll-ups."""
    column, table, width = ("bucket", "sentiment_data", "AND width = $6::integer") if rollups else (
        "posted_at", "stock_mentions", "")  # fmt: skip
    return f"""
SELECT asked.symbol, count(*) AS number
FROM {_ASKED}
CROSS JOIN LATERAL (
    SELECT DISTINCT {_bucket(column)} AS time FROM {table}
    WHERE symbol = asked.symbol {width} AND {column} >= asked.start AND {column} < asked.until AND {_SOURCE}
) AS point
GROUP BY asked.symbol
"""


def filled_counts(*, rollups: bool) -> str:
    """Write the statement that counts buckets from a symbol's first to its last; $6 is the width of the roll-ups."""
    return f"""
SELECT asked.symbol, (extract(epoch FROM span.until - span.start) / $5::integer)::bigint AS number
FROM {_ASKED}
CROSS JOIN LATERAL ({_extent(rollups=rollups, width="$6")}) AS span (start, until)
WHERE span.start IS NOT NULL
"""


def rollup_page_across(*, backward: bool) -> str:
    """Write the statement of a page of several symbols together; $9 is how many roll-ups of each to look at first."""
    return _across(rollup_page(backward=backward, asked=_narrowed("$9", backward=backward, rollups=True)), backward)


def raw_page_across(*, backward: bool) -> str:
    """Write the statement of a page of several symbols together; $7 is how many mentions of each to look at first."""
    return _across(raw_page(backward=backward, asked=_narrowed("$7", backward=backward, rollups=False)), backward)


def _across(page: str, backward: bool) -> str:  # noqa: FBT001 - private
    way = "DESC" if backward else "ASC"
    return f"SELECT symbol, time, {LIST} FROM ({page}) AS pages ORDER BY time {way}, symbol {way} LIMIT $6::bigint"


def _narrowed(few: str, *, backward: bool, rollups: bool) -> str:
    """Bring the symbols' bounds closer: a few buckets of each, together enough for the page, tell how far it reaches.

    Where they are not enough there is no bound, and each symbol is read for a whole page of its own.
    """
    column, table, width = _stored(rollups=rollups)
    way = "DESC" if backward else "ASC"
    start, until = ("greatest(asked.start, reach.time)", "asked.until") if backward else (
        "asked.start", f"least(asked.until, reach.time + {_STEP})")  # fmt: skip
    return f"""(
    SELECT asked.symbol, {start} AS start, {until} AS until
    FROM {_ASKED}
    CROSS JOIN (
        SELECT (array_agg(near.time ORDER BY near.time {way}))[$6::bigint] AS time
        FROM {_ASKED}
        CROSS JOIN LATERAL (
            SELECT DISTINCT {_bucket(column)} AS time
            FROM (
                SELECT {column} FROM {table}
                WHERE symbol = asked.symbol {width} AND {column} >= asked.start AND {column} < asked.until AND {_SOURCE}
                ORDER BY {column} {way} LIMIT {few}::bigint
            ) AS nearest
        ) AS near
    ) AS reach
) AS asked
"""


def _stored(*, rollups: bool) -> tuple[str, str, str]:
    """Return the column of time, the table and the condition on its width, $7, of what buckets are made of."""
    return ("bucket", "sentiment_data", "AND width = $7::integer") if rollups else ("posted_at", "stock_mentions", "")


def _extent(*, rollups: bool, width: str = "$9") -> str:
    column, table = ("bucket", "sentiment_data") if rollups else ("posted_at", "stock_mentions")
    limit = f"AND width = {width}::integer" if rollups else ""
    where = f"FROM {table} WHERE symbol = asked.symbol {limit} AND {_SOURCE} ORDER BY {column}"
    return f"""
    SELECT (SELECT {_bucket(column)} {where} LIMIT 1), (SELECT {_bucket(column)} + {_STEP} {where} DESC LIMIT 1)
    OFFSET 0
"""


def _raw_sums(time: str) -> str:
    symbol = f"{'found' if time.startswith('found') else 'asked'}.symbol"
    return f"""
    SELECT {OF_ROLLUPS} FROM (
        SELECT {ONE_MENTION} FROM stock_mentions
        WHERE symbol = {symbol} AND posted_at >= {time} AND posted_at < {time} + {_STEP} AND {_SOURCE}
    ) AS mention
"""


def _rollup_sums(time: str) -> str:
    return f"""
    SELECT {OF_ROLLUPS} FROM sentiment_data
    WHERE symbol = asked.symbol AND width = $9::integer AND bucket >= {time} AND bucket < {time} + {_STEP} AND {_SOURCE}
"""
