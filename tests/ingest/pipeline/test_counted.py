"""What a worker tells Prometheus: what it stored, by kind and source, what it buried, and that it leads."""

import asyncio
from datetime import UTC, datetime

from ingest.pipeline.worker import run_worker
from ops.metrics import Metrics, make_metrics
from ops.settings import Settings
from storage.database import Database
from storage.intake_items import CollectedBar, CollectedQuote
from storage.intake_stream import IntakeStream
from storage.terms import Source
from tests.ingest.pipeline.conftest import NOW, empty, post


def counted(metrics: Metrics, name: str) -> dict[tuple[str, ...], float]:
    """The samples of a metric by the values of its labels."""
    (family,) = (each for each in metrics.registry.collect() if each.name == name)
    return {tuple(one.labels.values()): one.value for one in family.samples if not one.name.endswith("_created")}


async def test_what_is_stored_is_counted_by_kind_and_source(
    stream: IntakeStream, listed: Database, settings: Settings
) -> None:
    """Simulated items are the demo's, whatever they imitate; prices of unlisted stocks are no stored ones."""
    metrics, stop = make_metrics(), asyncio.Event()
    at = datetime(2026, 1, 5, 15, tzinfo=UTC)
    listed_bar, other_bar = (CollectedBar(symbol, 3_600, at, 1.0, 1.0, 1.0, 1.0, 1) for symbol in ("AAPL", "NONE"))
    await stream.publish(
        [
            post("1"), post("2"), post("3", source=Source.REDDIT), post("4", simulated=True),
            post("5", posted_at=datetime(9000, 1, 1, tzinfo=UTC)),  # nobody posts that late: a dead letter
            listed_bar, other_bar,
            CollectedQuote("MSFT", 2.0, NOW, simulated=True),
        ]
    )  # fmt: skip
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_worker(settings, stop, metrics))
        await empty(stream)
        assert counted(metrics, "leases_held") == {("prices",): 1}
        stop.set()
    assert counted(metrics, "data_processed") == {
        ("post", "x"): 2, ("post", "reddit"): 1, ("post", "demo"): 1, ("bar", "yahoo"): 1, ("quote", "demo"): 1
    }  # fmt: skip
    assert counted(metrics, "errors") == {("DEAD_LETTER", "intake"): 1}
    assert counted(metrics, "leases_held") == {("prices",): 0}
