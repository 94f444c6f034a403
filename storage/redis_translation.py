"""The border to redis-py: its exceptions become the catalogue's, so that no other room knows the driver."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from redis import exceptions
from redis.asyncio import Redis

from ops.errors import Unavailable
from storage.cancellation import cancels_kept
from storage.redis import RedisState

_log = structlog.get_logger()

AWAY: tuple[type[Exception], ...] = (
    exceptions.ConnectionError,  # BusyLoadingError, of a server that reads its file, is one too
    exceptions.TimeoutError,
    exceptions.ReadOnlyError,  # a replica that was a primary
    exceptions.TryAgainError,
    exceptions.ClusterDownError,
    exceptions.MasterDownError,
    OSError,
)
"""The server cannot be reached, or not written to, for now."""
_FOR_NOW = re.compile(r"\b(MISCONF|NOREPLICAS|BUSY|READONLY|UNBLOCKED)\b")
"""Words of replies by which a server says that it cannot do it now: it cannot write its file, or runs a script."""


def connected(redis: RedisState) -> Redis:
    """Return the client; raise `Unavailable` where no Redis is configured."""
    if redis.client is None:
        raise Unavailable("No Redis is configured: set INSITECHART_REDIS_URL.")
    return redis.client


@contextmanager
def redis_translated() -> Iterator[None]:
    """Raise a Redis that is away as `Unavailable`; a command that it refuses passes as the driver raises it.

    A cancel in the block is raised at its end, if the driver swallowed it.
    """
    try:
        with cancels_kept():
            yield
    except AWAY as error:
        raise _unavailable(error) from error
    except exceptions.ResponseError as error:
        if not _FOR_NOW.search(str(error)):
            raise
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> Unavailable:
    _log.warning("redis_unavailable", kind=type(error).__name__, reason=str(error))
    return Unavailable("Redis is unreachable.")
