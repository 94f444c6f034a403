"""From event streams to subscribers: one reader per process, one execution per operation and event, bounded slots."""
