"""The statements behind trending: read the newest snapshot, compute one, drop old ones."""

from storage.counting import looked_through

# $1 timeframe; $2, $3 the window ends after the one and not after the other.
NEWEST = """
SELECT newest.window_from, newest.window_to, newest.computed_at, symbol, mention_count, previous_mention_count,
       discounted_count, score_sum, growth, z_score, previous_rank
FROM (
    SELECT snapshot_id, window_from, window_to, computed_at FROM trending_snapshots
    WHERE timeframe = $1::text AND window_to > $2::timestamptz AND window_to <= $3::timestamptz
    ORDER BY window_to DESC, snapshot_id DESC LIMIT 1
) AS newest
LEFT JOIN trending_entries USING (snapshot_id)
ORDER BY mention_count DESC, symbol
"""

_OF_EDGES = """
SELECT edge.place, part.*
FROM unnest($11::integer[], $12::timestamptz[], $13::timestamptz[]) AS edge (place, start, until)
CROSS JOIN LATERAL (
    SELECT symbol, source, external_id, posted_at, author, copy_key, score FROM stock_mentions
    WHERE posted_at >= edge.start AND posted_at < edge.until
    OFFSET 0
) AS part
"""

# $1 timeframe; $2, $3 the window; $4 the fewest earlier windows for a z-score; $5, $6 places and starts of the earlier
# windows, a place being a window's number: 0 is this one, 1 the one before; $7, $8, $9, $10 places, widths and bounds
# of the spans of roll-ups; $11, $12, $13 places and bounds of the raw edges.
# Whole hours are roll-ups less what counting took away; edges are counted here. A roll-up that changed since its hour
# was looked through may have lost more than is left: no count goes below zero for that.
COMPUTE = f"""
WITH piece AS (
    SELECT span.place, part.symbol, part.mention_count AS number, part.score_sum, 0 AS discounted, 0 AS discounted_sum
    FROM unnest($7::integer[], $8::integer[], $9::timestamptz[], $10::timestamptz[])
         AS span (place, width, start, until)
    CROSS JOIN LATERAL (
        SELECT symbol, sum(mention_count) AS mention_count, sum(score_sum) AS score_sum FROM sentiment_data
        WHERE width = span.width AND bucket >= span.start AND bucket < span.until
        GROUP BY symbol
    ) AS part
    UNION ALL
    SELECT span.place, part.symbol, 0, 0, part.discounted_count, part.discounted_sum
    FROM unnest($7::integer[], $8::integer[], $9::timestamptz[], $10::timestamptz[])
         AS span (place, width, start, until)
    CROSS JOIN LATERAL (
        SELECT symbol, sum(discounted_count) AS discounted_count, sum(discounted_sum) AS discounted_sum
        FROM counted_hours
        WHERE bucket >= span.start AND bucket < span.until AND discounted_count > 0
        GROUP BY symbol
    ) AS part
    UNION ALL
    SELECT place, symbol, count(*), sum(score), count(*) FILTER (WHERE NOT counts),
           coalesce(sum(score) FILTER (WHERE NOT counts), 0)
    FROM ({looked_through(_OF_EDGES, "place")}) AS seen
    GROUP BY place, symbol
), counted AS MATERIALIZED (
    SELECT symbol, place, greatest(sum(number) - sum(discounted), 0)::float8 AS number, sum(discounted) AS discounted,
           sum(score_sum) - sum(discounted_sum) AS score_sum
    FROM piece GROUP BY symbol, place
), previous AS (
    SELECT symbol, number, row_number() OVER (ORDER BY number DESC, symbol) AS rank
    FROM counted WHERE place = 1 AND number > 0
), baseline AS (
    SELECT now.symbol, count(*) AS windows, coalesce(sum(earlier.number), 0) / count(*) AS mean,
           coalesce(sum(earlier.number ^ 2), 0) AS squares
    FROM counted AS now
    CROSS JOIN LATERAL (
        SELECT posted_at FROM stock_mentions WHERE symbol = now.symbol ORDER BY posted_at LIMIT 1
    ) AS first
    JOIN unnest($5::integer[], $6::timestamptz[]) AS past (place, start) ON past.start >= first.posted_at
    LEFT JOIN counted AS earlier ON earlier.symbol = now.symbol AND earlier.place = past.place
    WHERE now.place = 0
    GROUP BY now.symbol
    HAVING count(*) >= $4::integer
), snapshot AS (
    INSERT INTO trending_snapshots (timeframe, window_from, window_to, computed_at)
    VALUES ($1::text, $2::timestamptz, $3::timestamptz, clock_timestamp())
    RETURNING snapshot_id
)
INSERT INTO trending_entries (snapshot_id, symbol, mention_count, previous_mention_count, discounted_count, score_sum,
                              growth, z_score, previous_rank)
SELECT snapshot_id, now.symbol, now.number, coalesce(previous.number, 0), now.discounted, now.score_sum,
       now.number / previous.number - 1,
       (now.number - mean) / greatest(
           sqrt(greatest(squares - windows * mean ^ 2, 0) / (windows - 1)), sqrt(mean), 1),
       previous.rank
FROM snapshot CROSS JOIN counted AS now
LEFT JOIN previous USING (symbol)
LEFT JOIN baseline USING (symbol)
WHERE now.place = 0 AND now.number > 0
"""

# $1 timeframe; $2 how many to keep: those computed last, for a clock that ran ahead must not outlive the others.
PRUNE = """
DELETE FROM trending_snapshots WHERE timeframe = $1::text AND snapshot_id IN (
    SELECT snapshot_id FROM trending_snapshots
    WHERE timeframe = $1::text ORDER BY snapshot_id DESC OFFSET $2::bigint
)
"""
