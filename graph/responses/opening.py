"""The response cache of a process, as its settings want it."""

from collections.abc import Callable, Collection

from graphql import GraphQLSchema

from graph.responses.cache import ResponseCache, Trust
from ops.settings import Settings
from storage.cache.reports import Level


class Distrust:
    """Hears of no write, so nothing is kept here; answers still tell other caches how long they may be kept."""

    trusted = False

    def changed(self, _since: int, _tags: Collection[str]) -> bool:
        """Say that anything may have been written."""
        return True

    def listen(self, _callback: Callable[[frozenset[str] | None], None]) -> None:
        """Call nobody."""


def open_responses(settings: Settings, schema: GraphQLSchema, trust: Trust) -> ResponseCache:
    """Return a cache that believes in `trust`, or one that keeps nothing where responses are not to be kept."""
    return ResponseCache(
        schema,
        trust if settings.cache.responses else Distrust(),
        tick=settings.window_tick,
        most=settings.cache.response_bytes,
        wait=settings.deadlines.operation,
    )


def level(responses: ResponseCache) -> Level:
    """Say how the cache does."""
    shelf, counts = responses.shelf, responses.counts
    return Level(len(shelf), shelf.bytes_used, shelf.most, counts.hits + counts.joined, counts.misses)
