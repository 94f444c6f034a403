"""The shelves: the only room that knows SQL and Redis."""
