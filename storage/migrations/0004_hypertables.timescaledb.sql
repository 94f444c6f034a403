-- Chunks by time. Intervals are long because reads go by symbol: every chunk in range costs a probe per symbol, and 500
-- stocks make only some 2 million hourly bars or 300,000 mentions per chunk, which stays well inside shared memory.
SELECT create_hypertable('stock_prices', 'time', chunk_time_interval => INTERVAL '180 days',
                         create_default_indexes => false, migrate_data => true);
-- TimescaleDB truncates the table whose rows it has moved into chunks, and the trigger would empty the roll-ups. A
-- hypertable's triggers cannot be disabled and enabled, so it goes and comes back.
DROP TRIGGER roll_up_truncated ON stock_mentions;
SELECT create_hypertable('stock_mentions', 'posted_at', chunk_time_interval => INTERVAL '30 days',
                         create_default_indexes => false, migrate_data => true);
CREATE TRIGGER roll_up_truncated AFTER TRUNCATE ON stock_mentions
    FOR EACH STATEMENT EXECUTE FUNCTION empty_rollups();
