"""The Redis of a command that needs no database."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from ops.cli import exits
from ops.embedded import servers
from ops.settings import Settings


@contextmanager
def redis_endpoint(known: Settings) -> Iterator[Settings]:
    """Yield settings that name a Redis: the one that is named, or the embedded one where no database is named either.

    Raise Unavailable where a database is named and no Redis: the embedded Redis of this folder would be another one
    than that deployment's.
    """
    if known.redis_url is not None:
        yield known
        return
    if known.database_url is not None:
        raise exits.Unavailable("no Redis is configured: set INSITECHART_REDIS_URL, or use --redis-url")
    with servers(known.data_dir, postgres=False, valkey=True) as endpoints:
        yield known.model_copy(update={"redis_url": SecretStr(str(endpoints.redis_url))})
