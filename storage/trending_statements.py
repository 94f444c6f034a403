"""The statements behind trending: read the newest snapshot, compute one, drop old ones."""

from storage.sentiment_sums import LIST, ONE_MENTION

# $1 timeframe; $2, $3 the window ends after the one and not after the other.
NEWEST = """
SELECT newest.window_from, newest.window_to, newest.computed_at,
       symbol, mention_count, previous_mention_count, score_sum, growth, z_score, previous_rank
FROM (
    SELECT snapshot_id, window_from, window_to, computed_at FROM trending_snapshots
    WHERE timeframe = $1::text AND window_to > $2::timestamptz AND window_to <= $3::timestamptz
    ORDER BY window_to DESC, snapshot_id DESC LIMIT 1
) AS newest
LEFT JOIN trending_entries USING (snapshot_id)
ORDER BY mention_count DESC, symbol
"""

# $1 timeframe; $2, $3 the window; $4 the fewest earlier windows for a z-score, $5 the most; $6, $7, $8, $9 windows
# (0 is this one, 1 the one before, ...), widths and bounds of the spans of roll-ups; $10, $11, $12 windows and bounds
# of the raw edges. A window counts toward the z-score when it began after the symbol's first mention; the standard
# deviation is that of a sample.
COMPUTE = f"""
WITH counted AS (
    SELECT symbol, place, sum(mention_count) AS number, sum(score_sum) AS score_sum
    FROM (
        SELECT span.place, part.symbol, part.mention_count, part.score_sum
        FROM unnest($6::integer[], $7::integer[], $8::timestamptz[], $9::timestamptz[])
             AS span (place, width, start, until)
        CROSS JOIN LATERAL (
            SELECT symbol, {LIST} FROM sentiment_data
            WHERE width = span.width AND bucket >= span.start AND bucket < span.until
            OFFSET 0
        ) AS part
        UNION ALL
        SELECT edge.place, part.symbol, part.mention_count, part.score_sum
        FROM unnest($10::integer[], $11::timestamptz[], $12::timestamptz[]) AS edge (place, start, until)
        CROSS JOIN LATERAL (
            SELECT symbol, {ONE_MENTION} FROM stock_mentions
            WHERE posted_at >= edge.start AND posted_at < edge.until
            OFFSET 0
        ) AS part
    ) AS piece
    GROUP BY symbol, place
), previous AS (
    SELECT symbol, number, row_number() OVER (ORDER BY number DESC, symbol) AS rank FROM counted WHERE place = 1
), baseline AS (
    SELECT now.symbol, now.number, now.score_sum, history.windows,
           sum(earlier.number)::float8 AS total, sum(earlier.number * earlier.number)::float8 AS squares
    FROM counted AS now
    CROSS JOIN LATERAL (
        SELECT posted_at FROM stock_mentions WHERE symbol = now.symbol ORDER BY posted_at LIMIT 1
    ) AS first
    CROSS JOIN LATERAL (
        SELECT least($5::integer, floor(extract(epoch FROM $2::timestamptz - first.posted_at)
                                        / extract(epoch FROM $3::timestamptz - $2::timestamptz)))::integer AS windows
    ) AS history
    LEFT JOIN counted AS earlier ON earlier.symbol = now.symbol AND earlier.place BETWEEN 1 AND history.windows
    WHERE now.place = 0
    GROUP BY now.symbol, now.number, now.score_sum, history.windows
), spread AS (
    SELECT symbol, number, score_sum, coalesce(total, 0) / windows AS mean,
           sqrt(greatest(squares - total * total / windows, 0) / (windows - 1)) AS deviation
    FROM baseline WHERE windows >= $4::integer
), snapshot AS (
    INSERT INTO trending_snapshots (timeframe, window_from, window_to, computed_at)
    VALUES ($1::text, $2::timestamptz, $3::timestamptz, clock_timestamp())
    RETURNING snapshot_id
)
INSERT INTO trending_entries
    (snapshot_id, symbol, mention_count, previous_mention_count, score_sum, growth, z_score, previous_rank)
SELECT snapshot_id, baseline.symbol, baseline.number, coalesce(previous.number, 0), baseline.score_sum,
       baseline.number::float8 / previous.number - 1,
       (baseline.number - spread.mean) / nullif(spread.deviation, 0), previous.rank
FROM snapshot CROSS JOIN baseline
LEFT JOIN previous ON previous.symbol = baseline.symbol
LEFT JOIN spread ON spread.symbol = baseline.symbol
"""

# $1 timeframe; $2 how many to keep: those computed last, for a clock that ran ahead must not outlive the others.
PRUNE = """
DELETE FROM trending_snapshots WHERE timeframe = $1::text AND snapshot_id IN (
    SELECT snapshot_id FROM trending_snapshots
    WHERE timeframe = $1::text ORDER BY snapshot_id DESC OFFSET $2::bigint
)
"""
