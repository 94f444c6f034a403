-- Copies of a text, and an author's mentions beyond the third, do not count toward trending (storage/counting.py).
-- A row says that an hour of a symbol was looked through, and what it holds too much of. The signature is that of the
-- hour's roll-ups then: whatever changes a mention changes its roll-ups, so another signature means to look again.
CREATE TABLE counted_hours (
    symbol            text COLLATE "C" NOT NULL,
    bucket            timestamptz NOT NULL,
    signature         bigint NOT NULL,
    discounted_count  integer NOT NULL CHECK (discounted_count >= 0),
    discounted_sum    bigint NOT NULL,
    CONSTRAINT counted_hours_key PRIMARY KEY (bucket, symbol)
);
CREATE INDEX counted_hours_discounts_idx ON counted_hours (bucket, symbol) INCLUDE (discounted_count, discounted_sum)
    WHERE discounted_count > 0;

ALTER TABLE trending_entries
    ADD COLUMN discounted_count integer NOT NULL DEFAULT 0 CHECK (discounted_count >= 0);
