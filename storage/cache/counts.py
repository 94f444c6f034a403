"""What one process' row cache did since the process began."""

import msgspec

from ops.operation_record import BATCH_AT_WORK


class Counts(msgspec.Struct):
    """Answers by where they came from; a miss of memory is then a hit or a miss of Redis, where that is asked.

    A param that is asked for twice at once is one look-up.
    """

    memory_hits: int = 0
    memory_misses: int = 0
    fetched: int = 0
    """Answers that memory had not, or was not asked for: from Redis or from the database."""
    redis_hits: int = 0
    redis_misses: int = 0
    joined: int = 0
    """Answers that another process was reading already."""
    refreshed: int = 0
    """Answers that were read again ahead of their end."""
    stale: int = 0
    """Answers beyond their time, served while the database was away."""

    def count_redis_hits(self, hits: int) -> None:
        """Count them here, and for the batch that asked."""
        self.redis_hits += hits
        at_work = BATCH_AT_WORK.get()
        if at_work is not None:
            at_work.redis_hits += hits
