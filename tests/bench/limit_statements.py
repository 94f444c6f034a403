"""The SQL of the hand-written endpoint: what each shape needs and no more, for data as the bench has it.

It knows less than the API's statements must: bars are hours, and nobody asks for a source, a filter or a cursor.
"""

from storage.counting import looked_through

STOCK = "SELECT symbol, name, exchange, sector, industry, market_cap FROM stocks WHERE symbol = $1"
STOCKS = "SELECT symbol, name, exchange, sector FROM stocks WHERE symbol = ANY($1::text[]) ORDER BY symbol"

# The newest of bar and quote, and the last close before its session in New York.
QUOTES = """
SELECT asked.symbol, newest.price, newest.volume, newest.time,
       coalesce(newest.previous_close, earlier.close) AS previous_close
FROM unnest($1::text[]) AS asked (symbol)
CROSS JOIN LATERAL (
    (SELECT time, close AS price, volume, NULL::float8 AS previous_close
     FROM stock_prices WHERE symbol = asked.symbol ORDER BY time DESC, width LIMIT 1)
    UNION ALL
    (SELECT at, price, volume, previous_close FROM quotes WHERE symbol = asked.symbol)
    ORDER BY time DESC LIMIT 1
) AS newest
LEFT JOIN LATERAL (
    SELECT close FROM stock_prices
    WHERE symbol = asked.symbol
      AND time < date_trunc('day', newest.time AT TIME ZONE 'America/New_York') AT TIME ZONE 'America/New_York'
    ORDER BY time DESC, width LIMIT 1
) AS earlier ON true
"""

# $2, $3 the whole hours of the window; [$4, $2) and [$3, $5) its edges.
SENTIMENT = """
SELECT asked.symbol, coalesce(sum(part.mentions), 0)::bigint AS mentions, sum(part.scores)::bigint AS scores,
       sum(part.squares)::bigint AS squares, coalesce(sum(part.positive), 0)::bigint AS positive,
       coalesce(sum(part.neutral), 0)::bigint AS neutral, coalesce(sum(part.negative), 0)::bigint AS negative
FROM unnest($1::text[]) AS asked (symbol)
LEFT JOIN LATERAL (
    SELECT mention_count AS mentions, score_sum AS scores, score_squares AS squares, positive, neutral, negative
    FROM sentiment_data WHERE symbol = asked.symbol AND width = 3600 AND bucket >= $2 AND bucket < $3
    UNION ALL
    SELECT 1, score, score::bigint * score, (label = 'positive')::integer, (label = 'neutral')::integer,
           (label = 'negative')::integer
    FROM stock_mentions
    WHERE symbol = asked.symbol AND (posted_at >= $4 AND posted_at < $2 OR posted_at >= $3 AND posted_at < $5)
      AND posted_at >= $4 AND posted_at < $5
) AS part ON true
GROUP BY asked.symbol
"""

MENTIONS = """
SELECT asked.symbol, mention.source, mention.community, mention.author, mention.text, mention.score, mention.label,
       mention.posted_at, mention.engagement
FROM unnest($1::text[]) AS asked (symbol)
CROSS JOIN LATERAL (
    SELECT source, community, author, text, score, label, posted_at, engagement, mention_id
    FROM stock_mentions WHERE symbol = asked.symbol ORDER BY posted_at DESC, mention_id DESC LIMIT $2
) AS mention
ORDER BY asked.symbol, mention.posted_at DESC, mention.mention_id DESC
"""

CANDLES = """
SELECT time, open, high, low, close, volume FROM stock_prices
WHERE symbol = $1 AND width = 3600 ORDER BY time DESC LIMIT 100
"""

TRENDING = """
WITH newest AS (
    SELECT snapshot_id, window_from, window_to, computed_at FROM trending_snapshots
    WHERE timeframe = 'day' ORDER BY window_to DESC, snapshot_id DESC LIMIT 1
), ranked AS (
    SELECT entry.*, row_number() OVER (ORDER BY mention_count DESC, symbol) AS rank,
           row_number() OVER (ORDER BY score_sum / mention_count::float8 DESC, symbol) AS sentiment_rank
    FROM trending_entries AS entry JOIN newest USING (snapshot_id) WHERE mention_count >= 5
)
SELECT newest.*, ranked.*, stocks.name
FROM newest CROSS JOIN ranked JOIN stocks USING (symbol) ORDER BY rank LIMIT 20
"""

# The same numbers made of raw rows: $1, $2, $3 places and bounds of the windows, 0 being this one, 1 the one before,
# and those of the places $4 the same hours of earlier weeks. Copies and busy authors count as they do in snapshots.
_OF_WINDOWS = """
SELECT wanted.place, part.*
FROM unnest($1::integer[], $2::timestamptz[], $3::timestamptz[]) AS wanted (place, start, until)
CROSS JOIN LATERAL (
    SELECT symbol, source, external_id, posted_at, author, copy_key, score FROM stock_mentions
    WHERE posted_at >= wanted.start AND posted_at < wanted.until
    OFFSET 0
) AS part
"""
TRENDING_RAW = f"""
WITH counted AS (
    SELECT place, symbol, count(*) FILTER (WHERE counts)::float8 AS number, sum(score) FILTER (WHERE counts) AS scores
    FROM ({looked_through(_OF_WINDOWS, "place")}) AS seen GROUP BY place, symbol
), compared AS (
    SELECT symbol, coalesce(sum(number) FILTER (WHERE place = 0), 0) AS number,
           coalesce(sum(number) FILTER (WHERE place = 1), 0) AS before,
           sum(scores) FILTER (WHERE place = 0) AS scores, array_agg(place) AS places, array_agg(number) AS numbers
    FROM counted GROUP BY symbol
), ranked AS (
    SELECT *, row_number() OVER (ORDER BY before DESC, symbol) AS rank_before FROM compared
), leaders AS (
    SELECT *, row_number() OVER (ORDER BY number DESC, symbol) AS rank,
           row_number() OVER (ORDER BY scores / number DESC, symbol) AS sentiment_rank
    FROM ranked WHERE number >= 5 ORDER BY rank LIMIT 20
)
SELECT leaders.symbol, stocks.name, rank, CASE WHEN before > 0 THEN rank_before END AS previous_rank,
       number::integer AS mention_count, before::integer AS previous_mention_count, scores::bigint AS score_sum,
       number / nullif(before, 0) - 1 AS growth, sentiment_rank,
       CASE WHEN windows >= 4 THEN
           (number - mean) / greatest(sqrt(greatest(squares - windows * mean ^ 2, 0) / (windows - 1)), sqrt(mean), 1)
       END AS z_score
FROM leaders JOIN stocks USING (symbol)
LEFT JOIN LATERAL (
    SELECT posted_at FROM stock_mentions WHERE symbol = leaders.symbol ORDER BY posted_at LIMIT 1
) AS first ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS windows, coalesce(sum(earlier.number), 0) / greatest(count(*), 1) AS mean,
           coalesce(sum(earlier.number ^ 2), 0) AS squares
    FROM unnest($1::integer[], $2::timestamptz[]) AS past (place, start)
    LEFT JOIN unnest(places, numbers) AS earlier (place, number) ON earlier.place = past.place
    WHERE past.place = ANY($4::integer[]) AND past.start >= first.posted_at
) AS baseline
ORDER BY rank
"""
