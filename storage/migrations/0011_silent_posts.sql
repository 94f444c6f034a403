-- Posts about nothing are noted only to turn older readings of them away, so they may go once no such reading can come.
ALTER TABLE posts ADD COLUMN silent boolean NOT NULL DEFAULT false;
UPDATE posts SET silent = true
WHERE check_at IS NULL AND deleted_at IS NULL AND NOT EXISTS (
    SELECT FROM stock_mentions AS mention
    WHERE mention.source = posts.source AND mention.external_id = posts.external_id
      AND mention.posted_at = posts.posted_at
);
CREATE INDEX posts_silent_idx ON posts (coalesce(observed_at, posted_at)) WHERE silent AND deleted_at IS NULL;
