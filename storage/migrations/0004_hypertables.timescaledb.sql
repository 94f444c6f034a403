-- Chunks by time. Intervals are long because reads go by symbol: every chunk in range costs a probe per symbol, and 500
-- stocks make only some 2 million hourly bars or 300,000 mentions per chunk, which stays well inside shared memory.
SELECT create_hypertable('stock_prices', 'time', chunk_time_interval => INTERVAL '180 days',
                         create_default_indexes => false, migrate_data => true);
SELECT create_hypertable('stock_mentions', 'posted_at', chunk_time_interval => INTERVAL '30 days',
                         create_default_indexes => false, migrate_data => true);
