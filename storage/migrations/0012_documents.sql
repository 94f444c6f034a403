-- Documents that clients registered beforehand. Ids are opaque: each tool makes its own, and none is ever recomputed.
CREATE TABLE documents (
    id        text COLLATE "C" PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 256),
    name      text COLLATE "C" UNIQUE CHECK (name ~ '^[_A-Za-z][_0-9A-Za-z]{0,199}$'),  -- an address that people can read
    text      text NOT NULL CHECK (text <> ''),
    digest    text COLLATE "C" NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),              -- SHA-256 of the text's bytes
    app       text COLLATE "C" NOT NULL DEFAULT '' CHECK (length(app) <= 100),
    version   text COLLATE "C" NOT NULL DEFAULT '' CHECK (length(version) <= 100),
    added_at  timestamptz NOT NULL DEFAULT now(),
    used_on   date                                                                      -- null until it is first used
);

-- One row, counted up by whatever changes a document: API processes read it often, and the documents when it moved.
CREATE TABLE documents_revision (
    single    boolean PRIMARY KEY DEFAULT true CHECK (single),
    number    bigint NOT NULL
);
INSERT INTO documents_revision (number) VALUES (0);
