"""Embedded PostgreSQL and Valkey: nothing to set up, shared by every process that names the same data folder.

This package uses the standard library alone, so that a keeper process starts in milliseconds. See docs/servers.md.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops.embedded.errors import ServerUnavailable
from ops.embedded.identity import place_for
from ops.embedded.lease import Lease
from ops.embedded.postgres import PostgresServer
from ops.embedded.programs import postgres_bin, valkey_server
from ops.embedded.server import Server
from ops.embedded.valkey import ValkeyServer

__all__ = ["Endpoints", "ServerUnavailable", "servers", "used"]

START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the servers can be reached; None for one that was not asked for. The URLs hold a password."""

    database_url: str | None
    redis_url: str | None


@contextmanager
def servers(data_dir: Path, *, postgres: bool, valkey: bool, seconds: float = START_SECONDS) -> Iterator[Endpoints]:
    """Use the embedded servers of `data_dir`: start them, or join whoever uses them; the last to leave stops them.

    Raise ServerUnavailable if they cannot run here or are not ready (crash recovery included) within `seconds`.
    """
    if data_dir.exists() and not data_dir.is_dir():
        raise ServerUnavailable(f"{data_dir} is no folder; name another one with --data-dir or INSITECHART_DATA_DIR")
    place = place_for(data_dir)
    database = PostgresServer(place / "postgres", postgres_bin()) if postgres else None
    redis = ValkeyServer(place / "valkey", valkey_server()) if valkey else None
    with used([server for server in (database, redis) if server is not None], seconds=seconds):
        yield Endpoints(database.url() if database else None, redis.url() if redis else None)


@contextmanager
def used(wanted: list[Server], *, seconds: float = START_SECONDS) -> Iterator[None]:
    """Keep every server of `wanted` running while the block runs; they start, and stop, side by side."""
    with ExitStack() as stack:
        leases = [Lease(server) for server in wanted]
        for lease in leases:
            stack.callback(lease.wait_stopped)
        for lease in leases:
            stack.callback(lease.release)
            lease.begin(seconds)
        for lease in leases:
            lease.wait_ready()
        yield
