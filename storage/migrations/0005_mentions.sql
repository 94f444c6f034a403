-- What a mention keeps of how its stock was found. relevance is the text's share that speaks of this stock: 1 where it
-- names no other. copy_key is equal for posts whose texts are copies of each other (storage/copy_key.py), and null in
-- rows older than this migration. Retention takes the text of old mentions away: text is null then.
ALTER TABLE stock_mentions
    ADD COLUMN reason text,
    ADD COLUMN relevance real NOT NULL DEFAULT 1,
    ADD COLUMN copy_key bigint;
ALTER TABLE stock_mentions ALTER COLUMN text DROP NOT NULL;
ALTER TABLE stock_mentions
    ADD CONSTRAINT stock_mentions_relevance CHECK (relevance > 0 AND relevance <= 1);
ALTER TABLE stock_mentions
    ADD CONSTRAINT stock_mentions_tier CHECK (tier IN ('cashtag', 'context', 'bare', 'alias', 'given'));
