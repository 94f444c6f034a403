-- The newest quote of each stock: one row that is written again and again, so pages keep room for its next version.
CREATE TABLE quotes (
    symbol          text COLLATE "C" NOT NULL,
    at              timestamptz NOT NULL,
    price           double precision NOT NULL CHECK (price > 0 AND price < 'Infinity'),
    previous_close  double precision CHECK (previous_close > 0 AND previous_close < 'Infinity'),
    volume          bigint NOT NULL CHECK (volume BETWEEN 0 AND 9007199254740991),  -- the session's so far
    simulated       boolean NOT NULL DEFAULT false,
    CONSTRAINT quotes_key PRIMARY KEY (symbol)
) WITH (fillfactor = 50);
