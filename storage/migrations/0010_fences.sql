-- Who leads a lane of the pipeline may be frozen for longer than its lease, and wake in the middle of a write. Each leader
-- draws a number here first, and its transactions commit only while no later one has drawn.
CREATE TABLE fences (
    lane    text COLLATE "C" PRIMARY KEY CHECK (length(lane) BETWEEN 1 AND 100),
    number  bigint NOT NULL CHECK (number > 0)  -- how many leaders there have been
) WITH (fillfactor = 50);
