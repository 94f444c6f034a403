"""The thread that sends outlives whatever a collector or a record does, and its queue keeps its bound."""

import asyncio
from collections.abc import Sequence
from threading import Event
from time import perf_counter

from structlog.testing import capture_logs

from ops.operation_record import StatementRecord
from ops.tracing.export import Export
from ops.tracing.records import Kept
from tests.ops.tracing.records import operation

MOST = 10


class Collector:
    """Does what a test makes of it."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.failure: Exception | None = None
        self.open = Event()
        self.open.set()

    def send(self, spans: Sequence[bytes]) -> str | None:
        """Take spans, once it is open."""
        self.open.wait(20)
        if self.failure is not None:
            raise self.failure
        self.sent += spans
        return None

    def close(self) -> None:
        """Take no more."""


def kept(statements: Sequence[StatementRecord] = ()) -> Kept:
    """Return the record of an operation."""
    return Kept(operation(statements=statements), "sampled", 0.0)


async def until(done: asyncio.Event) -> None:
    """Wait for what has to happen."""
    async with asyncio.timeout(20):
        await done.wait()


async def test_a_library_that_breaks_does_not_end_the_thread() -> None:
    """What it raised is told once, what it did not send is dropped, and the next traces are sent."""
    collector, lost = Collector(), asyncio.Event()
    collector.failure = ZeroDivisionError("of theirs")
    dropped: list[int] = []

    def drop(traces: int) -> None:
        dropped.append(traces)
        lost.set()

    with capture_logs() as logs:
        export = Export(collector, lambda _: [b"span"], MOST, drop)
        assert export.send(kept())
        await until(lost)
        collector.failure = None
        assert export.send(kept())
        await export.close(20)
    assert (dropped, collector.sent) == ([1], [b"span"])
    assert [(line["event"], line.get("reason")) for line in logs] == [
        ("collector_failed", "ZeroDivisionError: of theirs"),
        ("collector_back", None),
    ]


async def test_a_record_that_grows_while_it_waits_widens_no_queue() -> None:
    """A batch that could not be stopped in time still adds to what its operation left."""
    collector, made = Collector(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def make(_: Kept) -> list[bytes]:
        loop.call_soon_threadsafe(made.set)
        return []

    export = Export(collector, make, MOST, lambda _: None)
    for _ in range(3):
        made.clear()
        statements: list[StatementRecord] = []
        assert export.send(kept(statements))
        statements += [StatementRecord("late", perf_counter(), 0.0, 0)] * MOST
        await until(made)
    collector.open.clear()
    taken = sum(export.send(kept()) for _ in range(5 * MOST))
    collector.open.set()
    await export.close(20)
    assert taken <= MOST + 1
