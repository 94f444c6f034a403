"""What one process' row cache did since the process began."""

import msgspec


class Counts(msgspec.Struct):
    """Answers by where they came from; a miss of memory is then a hit or a miss of Redis, where that is asked."""

    memory_hits: int = 0
    memory_misses: int = 0
    redis_hits: int = 0
    redis_misses: int = 0
    joined: int = 0
    """Answers that another process was reading already."""
    refreshed: int = 0
    """Answers that were read again ahead of their end."""
    stale: int = 0
    """Answers beyond their time, served while the database was away."""
