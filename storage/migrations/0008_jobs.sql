-- Background work: one row per job. Whoever takes the row leads until the lease ends; a lease is told from the ones
-- before it by its number, so that a leader that was thought dead can neither renew nor settle what another has taken.
CREATE TABLE jobs (
    name          text COLLATE "C" PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 100),
    every         integer NOT NULL CHECK (every > 0),    -- seconds from one due time to the next
    due_at        timestamptz NOT NULL DEFAULT now(),
    lease         bigint NOT NULL DEFAULT 0,             -- how many leases there have been: the number of the newest
    leased_until  timestamptz,                           -- null while nobody holds it
    holder        text,                                  -- host and process that took it last
    position      jsonb NOT NULL DEFAULT '{}',           -- where the job goes on, in its own words
    started_at    timestamptz,                           -- of the newest run, with its end, seconds and error
    ended_at      timestamptz,
    seconds       double precision,
    error         text,                                  -- null after a run that went well
    summary       text,                                  -- what the last run that went well did
    failures      integer NOT NULL DEFAULT 0,            -- in a row
    runs          bigint NOT NULL DEFAULT 0              -- that ended, well or not
);

-- Tombstones are few, and the job that takes old ones away should not read the ledger for them.
CREATE INDEX posts_deleted_idx ON posts (deleted_at) WHERE deleted_at IS NOT NULL;
