"""The statement behind quotes: three probes of an index per symbol, however long its history."""

from storage.buckets import DAY, EXCHANGE_ZONE

# The session of a bar is its date in New York, or its own date where it is a day wide or wider. `earlier` is the last
# bar by time before the quote's session. An evening bar there is stamped with the next date in UTC, on which a daily
# bar may start a later session: that bar is `daily`, and it comes first.
QUOTES = f"""
SELECT asked.symbol, newest.close AS price, newest.volume, newest.time AS at, newest.simulated,
       coalesce(daily.close, earlier.close) AS previous_close
FROM unnest($1::text[]) AS asked (symbol)
CROSS JOIN LATERAL (
    SELECT time, width, close, volume, simulated,
           (time AT TIME ZONE CASE WHEN width < {DAY} THEN '{EXCHANGE_ZONE}' ELSE 'UTC' END)::date AS session
    FROM stock_prices WHERE symbol = asked.symbol ORDER BY time DESC, width LIMIT 1
) AS newest
LEFT JOIN LATERAL (
    SELECT time, width, close
    FROM stock_prices
    WHERE symbol = asked.symbol
      AND time < newest.session::timestamp AT TIME ZONE '{EXCHANGE_ZONE}'
      AND (width < {DAY} OR time < newest.session::timestamp AT TIME ZONE 'UTC')
    ORDER BY time DESC, width LIMIT 1
) AS earlier ON true
LEFT JOIN LATERAL (
    SELECT close
    FROM stock_prices
    WHERE symbol = asked.symbol AND width >= {DAY} AND earlier.width < {DAY}
      AND time = date_bin('24:00', earlier.time, '2001-01-01 00:00Z')
      AND (earlier.time AT TIME ZONE '{EXCHANGE_ZONE}')::date < (time AT TIME ZONE 'UTC')::date
      AND (time AT TIME ZONE 'UTC')::date < newest.session
    ORDER BY width LIMIT 1
) AS daily ON true
"""
