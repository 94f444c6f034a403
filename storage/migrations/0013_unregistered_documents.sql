-- What clients asked lately though nobody registered it: what trusted mode would refuse. Texts stay with the clients.
CREATE TABLE unregistered_documents (
    digest    text COLLATE "C" PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),  -- SHA-256 of the text's bytes
    operation text COLLATE "C" CHECK (length(operation) BETWEEN 1 AND 200),    -- null where it has no name
    size      integer NOT NULL CHECK (size > 0),                              -- bytes of the text
    asked     bigint NOT NULL CHECK (asked > 0),                              -- at least so often
    first_at  timestamptz NOT NULL DEFAULT now(),
    last_at   timestamptz NOT NULL DEFAULT now()
);
