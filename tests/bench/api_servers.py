"""The API's processes that are measured: with all caches off, with its row cache warm, and with its response cache."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.bench.market_data import INTERVAL
from tests.bench.processes import Served, free_port, served

SEAL_KEY = "a key of the bench, known to all"
ROWS = {"INSITECHART_CACHE_ROWS": "true"}
RESPONSES = {"INSITECHART_CACHE_RESPONSES": "true"}
OFF = {"INSITECHART_CACHE_ROWS": "false", "INSITECHART_CACHE_RESPONSES": "false"}
REFERENCE = {"INSITECHART_EXECUTOR": "reference"}


@dataclass(frozen=True, slots=True)
class Fleet:
    """All servers of one run; they share a core, so only one is asked at a time."""

    cold: Served
    warm: Served
    cached: Served
    limit: Served
    hello: Served
    of_ten_times: Served | None


@contextmanager
def fleet(database_url: str, ten_times_url: str | None, redis_url: str) -> Iterator[Fleet]:
    """Start them all."""
    with ExitStack() as stack:
        enter = stack.enter_context
        yield Fleet(
            cold=enter(api("caches off", database_url, redis_url, OFF)),
            warm=enter(api("row cache", database_url, redis_url, {**OFF, **ROWS})),
            cached=enter(api("response cache", database_url, redis_url, {**ROWS, **RESPONSES})),
            limit=enter(limit(database_url)),
            hello=enter(served("hello", ["tests.bench.hello"], {})),
            of_ten_times=enter(api("ten times", ten_times_url, redis_url, OFF)) if ten_times_url else None,
        )


@contextmanager
def api(name: str, database_url: str, redis_url: str, caches: dict[str, str]) -> Iterator[Served]:
    """Run the API as it runs in production, but with one trending snapshot for the whole run."""
    environment = {
        "INSITECHART_ENVIRONMENT": "production",
        "INSITECHART_SEAL_KEY": SEAL_KEY,
        "INSITECHART_DATABASE_URL": database_url,
        "INSITECHART_REDIS_URL": redis_url,
        "INSITECHART_TRENDING_INTERVAL": str(INTERVAL),
        **caches,
    }
    with served(name, ["ops.cli", "serve", "--port", "0", "--no-demo", "--no-work"], environment) as server:
        yield server


@contextmanager
def limit(database_url: str) -> Iterator[Served]:
    """Run the hand-written endpoint."""
    port = free_port()
    with served("limit", ["tests.bench.limit", str(port)], {"INSITECHART_DATABASE_URL": database_url}, port) as server:
        yield server
