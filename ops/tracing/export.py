"""The way to the collector: a bounded queue of records, and a thread that makes their spans and sends them.

The SDK's own batch processor takes finished spans, so that each request would pay for making them; it logs a line for
each span that finds its queue full, and its end waits for as long as the exporter pleases. Here the queue holds
records, a full one costs a counter, and the end has a deadline. The thread is a daemon: it never holds up an exit.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Thread
from time import sleep
from typing import Final, Protocol

import structlog

from ops.operation_record import OperationRecord
from ops.tracing.records import Kept

PAUSE: Final = 1.0
"""Seconds that spans wait for company at most."""
TOGETHER: Final = 512
"""Spans from which on no more join an export."""
_log = structlog.get_logger()


class Collector(Protocol):
    """Takes spans, on one thread."""

    def send(self, spans: Sequence[bytes]) -> str | None:
        """Send spans within a deadline; return why they were not taken."""
        ...

    def close(self) -> None:
        """Send no more, and end a send under way as soon as may be; called from another thread."""
        ...


class Export:
    """Sends from one event loop's thread; what cannot be sent is counted as dropped, never waited for."""

    def __init__(
        self,
        collector: Collector,
        make: Callable[[Kept], Sequence[bytes]],
        most: int,
        dropped: Callable[[int], None],
    ) -> None:
        self._collector = collector
        self._make = make
        self._most = most
        self._dropped = dropped
        self._queue: deque[tuple[Kept, int]] = deque()  # what stopped batches leave behind may still grow a record
        self._sent = 0  # spans that came in, by the loop's count; what went out is the thread's
        self._taken = 0
        self._awake = Event()
        self._closing = False
        self._abandoned = False
        self._under_way = 0
        self._failing = 0
        self._loop = asyncio.get_running_loop()
        self._done = asyncio.Event()
        self._thread = Thread(target=self._run, name="tracing-export", daemon=True)
        self._thread.start()

    def send(self, kept: Kept) -> bool:
        """Take a record; False where the queue is full."""
        size = weight(kept)
        waiting = self._sent - self._taken
        if waiting + size > self._most or self._closing:
            return False
        self._sent += size
        self._queue.append((kept, size))
        if waiting + size >= TOGETHER and not self._awake.is_set():
            self._awake.set()
        return True

    async def close(self, seconds: float) -> None:
        """Send what waits, for so many seconds at most; say how many traces were not sent."""
        self._closing = True
        self._awake.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._done.wait()
        self._abandoned = True
        self._collector.close()
        left = len(self._queue) + self._under_way
        if left:
            self._dropped(left)
            _log.warning("traces_not_sent", traces=left)

    def _run(self) -> None:
        while not self._abandoned:
            if not self._closing:
                self._awake.wait(PAUSE)
                self._awake.clear()
            while self._queue and not self._abandoned:
                self._export_some()
            if self._closing and not self._queue:
                break
        self._tell(self._done.set)

    def _export_some(self) -> None:
        spans: list[bytes] = []
        while self._queue and len(spans) < TOGETHER:
            self._under_way += 1
            kept, size = self._queue.popleft()
            self._taken += size
            try:
                spans.extend(self._make(kept))
            except Exception:  # noqa: BLE001 - a record that cannot be drawn must not end the thread
                _log.exception("spans_not_made")
            sleep(0)  # lets the event loop have the interpreter
        traces = self._under_way
        problem = self._sent_to_collector(spans)
        self._under_way = 0
        if problem is None:
            self._succeeded()
        elif not self._abandoned:  # else those who gave up on it have counted
            self._failed(traces, problem)

    def _sent_to_collector(self, spans: Sequence[bytes]) -> str | None:
        try:
            return self._collector.send(spans)
        except Exception as error:  # noqa: BLE001 - what the library did not foresee must not end the thread either
            return f"{type(error).__name__}: {error}"

    def _succeeded(self) -> None:
        if self._failing:
            _log.info("collector_back", traces_dropped=self._failing)
            self._failing = 0

    def _failed(self, traces: int, reason: str) -> None:
        if not self._failing:
            _log.warning("collector_failed", consequence="traces are dropped until it takes them", reason=reason)
        self._failing += traces
        self._tell(self._dropped, traces)

    def _tell(self, told: Callable[..., object], *values: object) -> None:
        """Call something on the event loop, for it is the only thread that counts."""
        with suppress(RuntimeError):  # the loop is closed, and nobody is left to count
            self._loop.call_soon_threadsafe(told, *values)


def weight(kept: Kept) -> int:
    """Return how many spans a record makes at most."""
    record = kept.record
    if not isinstance(record, OperationRecord):
        return 1
    parts = (record.phases, record.fields, record.batches, record.statements, record.calls)
    return 1 + sum(map(len, parts))
