-- sentiment_data follows every statement on stock_mentions, whoever writes it. A trigger sums a statement's rows per
-- key and adds them (sign 1) or takes them away (sign -1), in the order of the key, so that writers lock in one order.
-- An update adds its new rows, then takes away its old ones, so no count dips below zero; a row that reaches zero goes.
-- A removed mention was committed together with its share of the row, so a difference below zero always meets a row.

CREATE FUNCTION roll_up_mentions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sign CONSTANT integer := TG_ARGV[0];
BEGIN
    INSERT INTO sentiment_data AS kept
        (symbol, width, bucket, source, mention_count, score_sum, score_squares, positive, neutral, negative)
    SELECT symbol, width, date_bin(make_interval(secs => width), posted_at, '2001-01-01 00:00Z'), source,
           sign * count(*), sign * sum(score), sign * sum(score::bigint * score),
           sign * count(*) FILTER (WHERE label = 'positive'),
           sign * count(*) FILTER (WHERE label = 'neutral'),
           sign * count(*) FILTER (WHERE label = 'negative')
    FROM changed CROSS JOIN (VALUES (3600), (86400)) AS widths (width)
    GROUP BY 1, 2, 3, 4
    ORDER BY 1, 2, 3, 4
    ON CONFLICT (symbol, width, bucket, source) DO UPDATE SET
        mention_count = kept.mention_count + excluded.mention_count,
        score_sum = kept.score_sum + excluded.score_sum,
        score_squares = kept.score_squares + excluded.score_squares,
        positive = kept.positive + excluded.positive,
        neutral = kept.neutral + excluded.neutral,
        negative = kept.negative + excluded.negative;
    IF sign < 0 THEN
        DELETE FROM sentiment_data AS kept
        USING changed CROSS JOIN (VALUES (3600), (86400)) AS widths (width)
        WHERE kept.symbol = changed.symbol AND kept.width = widths.width AND kept.source = changed.source
          AND kept.bucket = date_bin(make_interval(secs => widths.width), changed.posted_at, '2001-01-01 00:00Z')
          AND kept.mention_count = 0;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER roll_up_1_inserted AFTER INSERT ON stock_mentions
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_mentions('1');
CREATE TRIGGER roll_up_1_updated AFTER UPDATE ON stock_mentions
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_mentions('1');
CREATE TRIGGER roll_up_2_updated AFTER UPDATE ON stock_mentions
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_mentions('-1');
CREATE TRIGGER roll_up_2_deleted AFTER DELETE ON stock_mentions
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION roll_up_mentions('-1');

CREATE FUNCTION empty_rollups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE sentiment_data;
    RETURN NULL;
END
$$;
CREATE TRIGGER roll_up_truncated AFTER TRUNCATE ON stock_mentions
    FOR EACH STATEMENT EXECUTE FUNCTION empty_rollups();

-- On a hypertable, INSERT ... ON CONFLICT DO UPDATE hands its updated rows to the insert trigger as if they were new,
-- and none to the update triggers: roll-ups would drift. Such a statement fires both BEFORE triggers, insert first, and
-- is refused, on every back end alike. Writers INSERT ... ON CONFLICT DO NOTHING, then UPDATE what differs.
CREATE FUNCTION refuse_upsert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('insitechart.inserting', true) = 'stock_mentions' THEN
        RAISE EXCEPTION 'stock_mentions takes no ON CONFLICT DO UPDATE: insert what is new, then update the rest'
            USING ERRCODE = 'feature_not_supported';
    END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM set_config('insitechart.inserting', CASE TG_WHEN WHEN 'BEFORE' THEN 'stock_mentions' ELSE '' END, true);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER mentions_insert_begins BEFORE INSERT ON stock_mentions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_upsert();
CREATE TRIGGER mentions_update_begins BEFORE UPDATE ON stock_mentions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_upsert();
CREATE TRIGGER mentions_insert_ended AFTER INSERT ON stock_mentions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_upsert();
