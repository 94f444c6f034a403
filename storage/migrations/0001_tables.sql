-- The shelves. Symbols are canonical (upper case, classes with a dot: BRK.B) and compare bytewise, so that keyset
-- pages, LIKE prefixes and Python agree on their order. Big tables name a symbol without a foreign key: a reference
-- would lock the same few rows of stocks from every writer at once; writers join to stocks instead.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE TABLE stocks (
    symbol      text COLLATE "C" NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
    exchange    text,
    sector      text,
    industry    text,
    market_cap  bigint CHECK (market_cap >= 0),
    simulated   boolean NOT NULL DEFAULT false,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stocks_symbol_key PRIMARY KEY (symbol),
    CONSTRAINT stocks_symbol_form CHECK (symbol ~ '^[A-Z0-9][A-Z0-9.^=]{0,15}$')
);
CREATE INDEX stocks_exchange_idx ON stocks (exchange, symbol);
CREATE INDEX stocks_sector_idx ON stocks (sector, symbol);
CREATE INDEX stocks_name_idx ON stocks (lower(name COLLATE "C"), symbol);
-- Serves both directions with nulls last: a page is the valued rows, then the null ones, each in index order.
CREATE INDEX stocks_market_cap_idx ON stocks (market_cap, symbol);
CREATE INDEX stocks_name_trgm_idx ON stocks USING gin (lower(name) gin_trgm_ops);

-- A bar is known by its width in seconds and its start. Daily bars start at 00:00 UTC of the session's date.
CREATE TABLE stock_prices (
    symbol      text COLLATE "C" NOT NULL,
    width       integer NOT NULL CHECK (width IN (60, 300, 3600, 86400, 604800)),
    time        timestamptz NOT NULL,
    open        double precision NOT NULL,
    high        double precision NOT NULL,
    low         double precision NOT NULL,
    close       double precision NOT NULL,
    volume      bigint NOT NULL CHECK (volume BETWEEN 0 AND 9007199254740991),  -- exact as a JSON number
    simulated   boolean NOT NULL DEFAULT false,
    CONSTRAINT stock_prices_key PRIMARY KEY (symbol, width, time),
    CONSTRAINT stock_prices_bounds CHECK (
        low > 0 AND high < 'Infinity' AND low <= least(open, close) AND high >= greatest(open, close)
    ),
    CONSTRAINT stock_prices_daily_start CHECK (width < 86400 OR time = date_bin('24:00', time, '2001-01-01 00:00Z'))
);
CREATE INDEX stock_prices_symbol_time_idx ON stock_prices (symbol, time DESC, width);

-- One row per known post: it makes writes idempotent, finds a post whose date was corrected, and keeps a deleted
-- post from coming back when an old batch is replayed. observed_at is when the source was read, where it is known.
CREATE TABLE posts (
    source       text COLLATE "C" NOT NULL CHECK (source IN ('reddit', 'x', 'news')),
    external_id  text COLLATE "C" NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    posted_at    timestamptz NOT NULL,
    observed_at  timestamptz,
    deleted_at   timestamptz,
    CONSTRAINT posts_key PRIMARY KEY (source, external_id)
);

-- A mention is one post about one symbol. Scores are whole units of 10^-4 in [-10000, 10000], so sums are exact.
CREATE TABLE stock_mentions (
    mention_id   bigint GENERATED ALWAYS AS IDENTITY,
    symbol       text COLLATE "C" NOT NULL,
    source       text COLLATE "C" NOT NULL CHECK (source IN ('reddit', 'x', 'news')),
    external_id  text COLLATE "C" NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    posted_at    timestamptz NOT NULL,
    community    text,
    author       text,
    text         text NOT NULL CHECK (length(text) BETWEEN 1 AND 40000),
    url          text,
    score        integer NOT NULL CHECK (score BETWEEN -10000 AND 10000),
    label        text COLLATE "C" NOT NULL CHECK (label IN ('positive', 'neutral', 'negative')),
    evidence     jsonb NOT NULL DEFAULT '[]',  -- [["word", weight], ...] in the order of the text
    model        text NOT NULL,                -- the scorer's name and version
    tier         text COLLATE "C" NOT NULL,    -- how the symbol was found: cashtag, context, bare, alias
    engagement   integer CHECK (engagement >= 0),
    simulated    boolean NOT NULL DEFAULT false,
    CONSTRAINT stock_mentions_key PRIMARY KEY (posted_at, mention_id),
    CONSTRAINT stock_mentions_post_key UNIQUE (source, external_id, symbol, posted_at)
);
CREATE INDEX stock_mentions_symbol_time_idx ON stock_mentions (symbol, posted_at DESC, source) INCLUDE (score, label);
CREATE INDEX stock_mentions_symbol_page_idx ON stock_mentions (symbol, posted_at DESC, mention_id DESC);
CREATE INDEX stock_mentions_text_idx ON stock_mentions USING gin (symbol, to_tsvector('english', text));

-- Roll-ups: what stock_mentions says, per symbol, source and bucket of one hour or one day (UTC). Triggers keep them.
-- Counts have no lower bound of their own: a proposed row of an upsert may be a difference below zero.
CREATE TABLE sentiment_data (
    symbol         text COLLATE "C" NOT NULL,
    width          integer NOT NULL CHECK (width IN (3600, 86400)),
    bucket         timestamptz NOT NULL,
    source         text COLLATE "C" NOT NULL,
    mention_count  integer NOT NULL,
    score_sum      bigint NOT NULL,
    score_squares  bigint NOT NULL,
    positive       integer NOT NULL,
    neutral        integer NOT NULL,
    negative       integer NOT NULL,
    CONSTRAINT sentiment_data_key PRIMARY KEY (symbol, width, bucket, source),
    CONSTRAINT sentiment_data_labels CHECK (mention_count = positive + neutral + negative)
);
CREATE INDEX sentiment_data_symbol_time_idx ON sentiment_data (symbol, bucket DESC, width);
CREATE INDEX sentiment_data_time_idx ON sentiment_data (width, bucket, symbol);

-- The newest item that each feed brought, kept by its writers: finding it in the big tables would be a scan.
CREATE TABLE feeds (
    feed         text COLLATE "C" NOT NULL CHECK (feed IN ('yahoo', 'reddit', 'x', 'news', 'demo')),
    newest_at    timestamptz NOT NULL,
    written_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT feeds_key PRIMARY KEY (feed)
);

-- A snapshot holds every mentioned symbol for one timeframe; reads rank and cut it.
CREATE TABLE trending_snapshots (
    snapshot_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    timeframe    text COLLATE "C" NOT NULL CHECK (timeframe IN ('hour', 'day', 'week', 'month')),
    window_from  timestamptz NOT NULL,
    window_to    timestamptz NOT NULL,
    computed_at  timestamptz NOT NULL
);
CREATE INDEX trending_snapshots_newest_idx ON trending_snapshots (timeframe, window_to DESC);
CREATE TABLE trending_entries (
    snapshot_id             bigint NOT NULL REFERENCES trending_snapshots ON DELETE CASCADE,
    symbol                  text COLLATE "C" NOT NULL,
    mention_count           integer NOT NULL,
    previous_mention_count  integer NOT NULL,
    score_sum               bigint NOT NULL,
    growth                  double precision,  -- null without a mention in the previous window
    z_score                 double precision,  -- null with too few earlier windows, or when they do not vary
    previous_rank           integer,           -- by mentions, in the previous window
    PRIMARY KEY (snapshot_id, symbol)
);

CREATE TABLE users (
    user_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    active        boolean NOT NULL DEFAULT true,
    last_seen_at  timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX users_active_idx ON users (last_seen_at DESC) WHERE active;
CREATE TABLE user_activities (
    activity_id  bigint GENERATED ALWAYS AS IDENTITY,
    user_id      bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    timestamp    timestamptz NOT NULL DEFAULT now(),
    kind         text NOT NULL,
    symbol       text COLLATE "C",
    CONSTRAINT user_activities_key PRIMARY KEY (activity_id)
);
CREATE INDEX user_activities_user_time_idx ON user_activities (user_id, timestamp DESC);
CREATE TABLE watchlists (
    user_id   bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    symbol    text COLLATE "C" NOT NULL REFERENCES stocks ON DELETE CASCADE,
    added_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT watchlists_key PRIMARY KEY (user_id, symbol)
);
CREATE INDEX watchlists_order_idx ON watchlists (user_id, added_at DESC, symbol);
