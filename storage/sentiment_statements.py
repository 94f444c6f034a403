"""The statements behind windows: roll-ups for whole days and hours, raw rows at the edges, all symbols at once.

OFFSET 0 keeps each piece a sub-query of its own, read by one probe of an index per span and symbol; pulled up into the
join, a planner without good numbers would read a symbol's whole history and join it to the spans.
"""

from storage.sentiment_sums import LIST, OF_ROLLUPS, ONE_MENTION
from storage.symbols import array_of

# $1 symbols, listed; $2 the source, or null; $3, $4, $5 widths and bounds of the spans of roll-ups; $6, $7 and $8, $9
# bounds of the raw edges: by themselves, so that TimescaleDB leaves chunks out once, and not for every symbol.
_PIECES = f"""
FROM unnest({array_of("$1")}) AS asked (symbol)
CROSS JOIN LATERAL (
    SELECT part.* FROM unnest($3::integer[], $4::timestamptz[], $5::timestamptz[]) AS span (width, start, until)
    CROSS JOIN LATERAL (
        SELECT source, {LIST} FROM sentiment_data
        WHERE symbol = asked.symbol AND width = span.width AND bucket >= span.start AND bucket < span.until
          AND ($2::text IS NULL OR source = $2::text)
        OFFSET 0
    ) AS part
    UNION ALL
    SELECT source, {ONE_MENTION} FROM stock_mentions
    WHERE symbol = asked.symbol AND posted_at >= $6::timestamptz AND posted_at < $7::timestamptz
      AND ($2::text IS NULL OR source = $2::text)
    UNION ALL
    SELECT source, {ONE_MENTION} FROM stock_mentions
    WHERE symbol = asked.symbol AND posted_at >= $8::timestamptz AND posted_at < $9::timestamptz
      AND ($2::text IS NULL OR source = $2::text)
) AS piece
"""

TOTALS = f"""
SELECT asked.symbol, piece.source, {OF_ROLLUPS}
{_PIECES}
GROUP BY asked.symbol, piece.source ORDER BY asked.symbol, piece.source
"""

SUMS = f"""
SELECT asked.symbol, {OF_ROLLUPS}
{_PIECES}
GROUP BY asked.symbol
"""

# $1, $2, $3 widths and bounds of the spans of roll-ups; $4, $5 bounds of the raw edges.
SECTORS = f"""
WITH mentioned AS (
    SELECT symbol, {OF_ROLLUPS}
    FROM (
        SELECT part.* FROM unnest($1::integer[], $2::timestamptz[], $3::timestamptz[]) AS span (width, start, until)
        CROSS JOIN LATERAL (
            SELECT symbol, {LIST} FROM sentiment_data
            WHERE width = span.width AND bucket >= span.start AND bucket < span.until
            OFFSET 0
        ) AS part
        UNION ALL
        SELECT part.* FROM unnest($4::timestamptz[], $5::timestamptz[]) AS edge (start, until)
        CROSS JOIN LATERAL (
            SELECT symbol, {ONE_MENTION} FROM stock_mentions
            WHERE posted_at >= edge.start AND posted_at < edge.until
            OFFSET 0
        ) AS part
    ) AS piece
    GROUP BY symbol
)
SELECT sector, count(mentioned.symbol) AS stock_count, {OF_ROLLUPS}
FROM stocks LEFT JOIN mentioned ON mentioned.symbol = stocks.symbol
WHERE sector IS NOT NULL
GROUP BY sector ORDER BY sector
"""
