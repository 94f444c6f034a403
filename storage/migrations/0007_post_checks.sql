-- When to ask a post's source next whether it still shows the post; null for never again. A new post is asked about
-- within the hour. Adding the column is quick on a big table: its default is one constant for the rows that are there.
ALTER TABLE posts ADD COLUMN check_at timestamptz DEFAULT now() + INTERVAL '1 hour';
CREATE INDEX posts_check_idx ON posts (source, check_at)
    WHERE check_at IS NOT NULL AND deleted_at IS NULL AND source <> 'news';
