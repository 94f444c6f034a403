"""What a server has, shown at each scrape: connections, caches, plans, documents, subscribers.

Whatever takes part in a request is only asked here; where something has to be told as it happens, as the wait for a
connection, a hook is set while the block runs.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from graph.documents.admission import Documents
from graph.engine import Engine
from graph.events.hub import Hub
from graph.responses.cache import ResponseCache
from ops.metrics import Metrics, catalogue
from ops.metrics.catalogue import Declared
from ops.metrics.families import Labels
from ops.metrics.hit_rate import HitRate
from ops.metrics.readings import Read, one, several
from storage.cache.counts import Counts
from storage.cache.rows import RowCache
from storage.database import Database
from storage.measured_database import observe_statements, pool_readings


@contextmanager
def measured(
    metrics: Metrics, database: Database, rows: RowCache | None, hub: Hub, engine: Engine, documents: Documents
) -> Iterator[None]:
    """Show what these have while the block runs."""
    observe_statements(metrics, database)
    hub.counts.on_lag = metrics.stream_lags.of().observe
    if rows is not None:
        rows.remote.observe = metrics.note_cache_call
    readings = (
        pool_readings(database) | _of_caches(rows, engine.responses) | _of_engine(engine, documents) | _of_hub(hub)
    )
    readings[catalogue.ACTIVE_USERS] = one(metrics.presence.count)
    readings[catalogue.OPEN_SOCKETS] = one(lambda: metrics.presence.sockets)
    with metrics.readings.shown(readings):
        yield


def _of_caches(rows: RowCache | None, responses: ResponseCache | None) -> dict[Declared, Read]:
    """Show look-ups by level. A row or response that any level had is one hit among all that were asked for."""
    counts = rows.counts if rows is not None else Counts()

    def levels() -> list[tuple[Labels, float]]:
        hits, misses = _answered(responses)
        return [
            (("memory", "hit"), counts.memory_hits),
            (("memory", "miss"), counts.memory_misses),
            (("redis", "hit"), counts.redis_hits),
            (("redis", "miss"), counts.redis_misses),
            (("response", "hit"), hits),
            (("response", "miss"), misses),
        ]

    def asked() -> tuple[int, int]:
        hits, misses = _answered(responses)
        found = counts.memory_hits + counts.redis_hits + hits
        return found, counts.memory_hits + counts.fetched + hits + misses

    return {
        catalogue.CACHE_REQUESTS: levels,
        catalogue.CACHE_HIT_RATE: one(HitRate(asked).percent),
        catalogue.CACHE_TRUSTED: one(lambda: responses is not None and responses.trust.trusted),
    }


def _answered(responses: ResponseCache | None) -> tuple[int, int]:
    """Return the hits and misses of whole responses; one that waited for another's answer is a hit."""
    if responses is None:
        return 0, 0
    return responses.counts.hits + responses.counts.joined, responses.counts.misses


def _of_engine(engine: Engine, documents: Documents) -> dict[Declared, Read]:
    plans, before = engine.plans, engine.before

    def plan_outcomes() -> Mapping[str, float]:
        return {"hit": plans.hits, "compiled": plans.compiled, "fallback": plans.fallbacks.total()}

    def entries() -> Mapping[str, float]:
        return {**documents.entries(), "admitted": len(before)}

    def admissions() -> Mapping[str, float]:
        return {"hit": documents.hits + before.hits, "miss": documents.misses}

    return {
        catalogue.PLAN_ENTRIES: one(lambda: len(plans)),
        catalogue.PLAN_REQUESTS: several(plan_outcomes),
        catalogue.DOCUMENT_ENTRIES: several(entries),
        catalogue.DOCUMENT_REQUESTS: several(admissions),
    }


def _of_hub(hub: Hub) -> dict[Declared, Read]:
    return {
        catalogue.STREAM_SUBSCRIBERS: one(lambda: hub.members),
        catalogue.STREAM_GROUPS: one(lambda: hub.groups),
        catalogue.STREAM_EVENTS: one(lambda: hub.counts.events),
        catalogue.STREAM_COALESCED: one(lambda: hub.counts.coalesced),
    }
