"""What the hub counts: frames that nobody took, and how late events were."""

import time
from collections.abc import AsyncIterator

import pytest

from graph.events.counts import StreamCounts
from graph.events.slots import LatestSlots, LogSlots
from graph.measured import measured
from ops.metrics import Metrics
from storage.event_reader import Position
from tests.asgi_exchange import until
from tests.flows.subscribers import Served, served, subscriber, until_joined
from tests.graph.events.test_slots import notice

QUOTES = 'subscription Quotes { quoteUpdated(symbols: ["AAPL"]) { cursor } }'


async def test_states_that_are_replaced_and_log_entries_that_are_dropped_are_coalesced() -> None:
    """Each put that costs somebody a frame counts one; what is taken in time counts none."""
    counts = StreamCounts()
    latest: LatestSlots[int] = LatestSlots(counts)
    for number, topic in enumerate(["AAPL", "MSFT", "AAPL", "AAPL"]):
        latest.put(notice(number, topic), number)
    assert counts.coalesced == 2
    await latest.next()
    latest.put(notice(5, "AAPL"), 5)
    assert counts.coalesced == 2
    log: LogSlots[int] = LogSlots(2, counts)
    for number in range(5):
        log.put(notice(number), number)
    assert counts.coalesced == 5


@pytest.mark.parametrize(("published", "least", "most"), [(-2.0, 1.9, 60.0), (+60.0, 0.0, 0.0)])
def test_lag_is_never_below_zero(published: float, least: float, most: float) -> None:
    """An event of the future is one of a clock that is ahead."""
    told: list[float] = []
    counts = StreamCounts()
    counts.delivered(Position(0, 0))
    counts.on_lag = told.append
    counts.delivered(Position(int((time.time() + published) * 1_000), 1))
    assert len(told) == 1
    assert least <= told[0] <= most


@pytest.fixture
async def api(plain_database_url: str, redis_url: str) -> AsyncIterator[Served]:
    """An API over three stocks."""
    async with served(plain_database_url, redis_url) as opened:
        yield opened


def value(metrics: Metrics, name: str) -> float | None:
    """Return a metric without labels."""
    return metrics.registry.get_sample_value(name)


async def test_subscribers_groups_events_and_lag_are_told(api: Served) -> None:
    """Two who ask alike are one group; an event is executed once for them, and its lag noted once."""
    with measured(api.metrics, api.database, None, api.hub, api.engine, api.documents):
        async with subscriber(api) as one, subscriber(api) as other:
            one.subscribe(QUOTES)
            other.subscribe(QUOTES)
            await until_joined(api, 2)
            assert (value(api.metrics, "stream_subscribers"), value(api.metrics, "stream_groups")) == (2, 1)
            await api.price("AAPL", 100)
            await one.update()
            await until(lambda: value(api.metrics, "stream_lag_seconds_count") == 1)
            assert value(api.metrics, "stream_events_total") == 1
        await until_joined(api, 0)
        assert value(api.metrics, "stream_groups") == 0
    assert value(api.metrics, "stream_subscribers") is None
