"""The statement behind quotes: a few probes of an index per symbol, however long its history."""

from storage.buckets import DAY, EXCHANGE_ZONE
from storage.symbols import array_of

# The newest of the bars and the quote, by time; at one time the quote, then the narrowest bar, for a quote has no
# width. The session of either is its date in New York, or its own date where a bar is a day wide or wider. `earlier` is
# the last bar by time before that session. An evening bar there is stamped with the next date in UTC, on which a daily
# bar may start a later session: that bar is `daily`, and it comes first. A quote that brings the close of the session
# before knows better than all of them, and then nothing else is read.
# OFFSET 0 has each bound worked out once per symbol, and not at each comparison; what is asked of `earlier` alone is
# asked of it alone, so that `daily` is looked up after an evening bar only.
QUOTES = f"""
SELECT asked.symbol, newest.price, coalesce(newest.previous_close, daily.close, earlier.close) AS previous_close,
       newest.volume, newest.time AS at, newest.simulated
FROM unnest({array_of("$1")}) AS asked (symbol)
CROSS JOIN LATERAL (
    SELECT dated.*, session::timestamp AT TIME ZONE '{EXCHANGE_ZONE}' AS opened,
           session::timestamp AT TIME ZONE 'UTC' AS day
    FROM (
        SELECT time, price, volume, simulated, previous_close,
               (time AT TIME ZONE CASE WHEN width < {DAY} THEN '{EXCHANGE_ZONE}' ELSE 'UTC' END)::date AS session
        FROM (
            (SELECT time, width, close AS price, volume, simulated, NULL::float8 AS previous_close
             FROM stock_prices WHERE symbol = asked.symbol ORDER BY time DESC, width LIMIT 1)
            UNION ALL
            (SELECT at, 0, price, volume, simulated, previous_close FROM quotes WHERE symbol = asked.symbol)
        ) AS priced
        ORDER BY time DESC, width LIMIT 1
    ) AS dated
    OFFSET 0
) AS newest
LEFT JOIN LATERAL (
    SELECT width, close, date_bin('24:00', time, '2001-01-01 00:00Z') AS day,
           (time AT TIME ZONE '{EXCHANGE_ZONE}')::date < (time AT TIME ZONE 'UTC')::date AS evening
    FROM stock_prices
    WHERE newest.previous_close IS NULL
      AND symbol = asked.symbol AND time < newest.opened AND (width < {DAY} OR time < newest.day)
    ORDER BY time DESC, stock_prices.width LIMIT 1
) AS earlier ON true
LEFT JOIN LATERAL (
    SELECT close
    FROM stock_prices
    WHERE earlier.evening AND earlier.width < {DAY} AND earlier.day < newest.day
      AND symbol = asked.symbol AND width >= {DAY} AND time = earlier.day
    ORDER BY width LIMIT 1
) AS daily ON true
"""
