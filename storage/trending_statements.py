"""The statements behind trending: read the newest snapshot, compute one, drop old ones."""

from storage.counting import looked_through
from storage.rows import SCORE_UNIT

# $1 timeframe; $2, $3 the window ends after the one and not after the other.
NEWEST_SNAPSHOT = """(
    SELECT snapshot_id, window_from, window_to, computed_at FROM trending_snapshots
    WHERE timeframe = $1::text AND window_to > $2::timestamptz AND window_to <= $3::timestamptz
    ORDER BY window_to DESC, snapshot_id DESC LIMIT 1
) AS newest"""

# Parameters as above. The entries come column by column, which the driver reads in less than half the time that as many
# rows take.
NEWEST = f"""
SELECT newest.window_from, newest.window_to, newest.computed_at, entries.*
FROM {NEWEST_SNAPSHOT}
CROSS JOIN LATERAL (
    SELECT array_agg(symbol), array_agg(mention_count), array_agg(previous_mention_count),
           array_agg(discounted_count), array_agg(score_sum), array_agg(growth), array_agg(z_score),
           array_agg(previous_rank)
    FROM (
        SELECT * FROM trending_entries WHERE snapshot_id = newest.snapshot_id ORDER BY mention_count DESC, symbol
    ) AS ordered
) AS entries
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
# was looked through may have lost more than is left: no count goes below zero for that, and no mean beyond a score.
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
), counted AS (
    SELECT symbol, place, greatest(sum(number) - sum(discounted), 0)::float8 AS number, sum(discounted) AS discounted,
           sum(score_sum) - sum(discounted_sum) AS score_sum
    FROM piece GROUP BY symbol, place
), compared AS (
    SELECT symbol, coalesce(sum(number) FILTER (WHERE place = 0), 0) AS number,
           coalesce(sum(number) FILTER (WHERE place = 1), 0) AS before,
           sum(discounted) FILTER (WHERE place = 0) AS discounted, sum(score_sum) FILTER (WHERE place = 0) AS score_sum,
           array_agg(place) AS places, array_agg(number) AS numbers
    FROM counted GROUP BY symbol
), ranked AS (
    SELECT *, row_number() OVER (ORDER BY before DESC, symbol) AS rank_before FROM compared
), snapshot AS (
    INSERT INTO trending_snapshots (timeframe, window_from, window_to, computed_at)
    VALUES ($1::text, $2::timestamptz, $3::timestamptz, clock_timestamp())
    RETURNING snapshot_id
)
INSERT INTO trending_entries (snapshot_id, symbol, mention_count, previous_mention_count, discounted_count, score_sum,
                              growth, z_score, previous_rank)
SELECT snapshot_id, symbol, number, before, discounted,
       least(greatest(score_sum, -{SCORE_UNIT} * number), {SCORE_UNIT} * number), number / nullif(before, 0) - 1,
       CASE WHEN windows >= $4::integer THEN
           (number - mean) / greatest(sqrt(greatest(squares - windows * mean ^ 2, 0) / (windows - 1)), sqrt(mean), 1)
       END,
       CASE WHEN before > 0 THEN rank_before END
FROM snapshot CROSS JOIN ranked
LEFT JOIN LATERAL (
    SELECT posted_at FROM stock_mentions WHERE symbol = ranked.symbol ORDER BY posted_at LIMIT 1
) AS first ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS windows, coalesce(sum(earlier.number), 0) / greatest(count(*), 1) AS mean,
           coalesce(sum(earlier.number ^ 2), 0) AS squares
    FROM unnest($5::integer[], $6::timestamptz[]) AS past (place, start)
    LEFT JOIN unnest(places, numbers) AS earlier (place, number) ON earlier.place = past.place
    WHERE past.start >= first.posted_at
) AS baseline
WHERE number > 0
"""

# $1 timeframe; $2 how many to keep: those computed last, for a clock that ran ahead must not outlive the others.
PRUNE = """
DELETE FROM trending_snapshots WHERE timeframe = $1::text AND snapshot_id IN (
    SELECT snapshot_id FROM trending_snapshots
    WHERE timeframe = $1::text ORDER BY snapshot_id DESC OFFSET $2::bigint
)
"""
