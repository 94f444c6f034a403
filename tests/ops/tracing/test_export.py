"""A collector that is away, slow or back again: nobody waits for it, and what was lost is counted."""

import asyncio
import socket
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from structlog.testing import capture_logs

from ops.settings import Settings
from ops.tracing import TracingHooks, open_tracing
from ops.tracing_settings import TracingSettings
from tests.ops.tracing.records import operation, watchlist
from tests.ops.tracing.tap import free_port, tapping


class Counted:
    """Hooks that count."""

    def __init__(self) -> None:
        self.kept = self.dropped = 0
        self.lost = asyncio.Event()

    def keep(self, _reason: str) -> None:
        """Count a trace that was kept."""
        self.kept += 1

    def drop(self, traces: int) -> None:
        """Count traces that were dropped."""
        self.dropped += traces
        self.lost.set()

    @property
    def hooks(self) -> TracingHooks:
        """As tracing takes them."""
        return TracingHooks(kept=self.keep, dropped=self.drop)


def sending_to(port: int, **more: Any) -> Settings:
    """Settings of a collector on this machine."""
    return Settings(tracing=TracingSettings(endpoint=f"http://127.0.0.1:{port}", **more))


async def test_a_dead_collector_costs_a_line_and_a_count() -> None:
    """Nobody listens: tracing opens, takes records and closes; the log says it once, with the reason."""
    counted = Counted()
    with capture_logs() as logs:
        async with open_tracing(sending_to(free_port(), deadline=0.3), counted.hooks) as tracing:
            for _ in range(2):
                counted.lost.clear()
                tracing.observe(operation())
                async with asyncio.timeout(20):
                    await counted.lost.wait()
    assert (counted.kept, counted.dropped) == (2, 2)
    failures = [line for line in logs if line["event"] == "collector_failed"]
    assert len(failures) == 1
    assert "refused" in failures[0]["reason"]
    assert "Max retries" not in failures[0]["reason"]  # the library's own words, and twice as many


async def test_a_collector_that_comes_back_is_used_again() -> None:
    """Killed between two traces and started again, it has the first and the third, and the log says so."""
    counted = Counted()
    port = free_port()
    with capture_logs() as logs:
        async with open_tracing(sending_to(port, deadline=0.3), counted.hooks) as tracing:
            async with tapping(port) as before:
                tracing.observe(operation(request_id="first"))
                await before.until(lambda spans: len(spans) == 1)
            tracing.observe(operation(request_id="second"))
            async with asyncio.timeout(20):
                await counted.lost.wait()
            async with tapping(port) as after:
                tracing.observe(operation(request_id="third"))
                await after.until(lambda spans: len(spans) == 1)
    assert "third" in str(after.spans[0])
    assert [line["event"] for line in logs] == ["collector_failed", "collector_back"]
    assert counted.dropped == 1


async def test_a_frozen_collector_does_not_hold_up_a_stop() -> None:
    """One that takes the connection and never answers is left when the time for the last spans is over."""
    counted = Counted()
    with socket.create_server(("127.0.0.1", 0)) as frozen, capture_logs() as logs:
        async with open_tracing(sending_to(frozen.getsockname()[1], deadline=60, flush=0.2), counted.hooks) as tracing:
            for _ in range(3):
                tracing.observe(watchlist())
    assert counted.dropped == 3
    assert [line for line in logs if line["event"] == "traces_not_sent"] == [
        {"event": "traces_not_sent", "log_level": "warning", "traces": 3}
    ]


async def test_the_last_spans_are_sent() -> None:
    """What is kept right before the end arrives."""
    async with tapping() as tap:
        async with open_tracing(sending_to(tap.port, flush=20)) as tracing:
            for _ in range(40):
                tracing.observe(watchlist())
        await tap.until(lambda spans: len(spans) == 40 * 12)


async def test_the_queue_is_bounded_by_spans() -> None:
    """It takes as many spans as are set, and no more."""
    counted = Counted()
    with socket.create_server(("127.0.0.1", 0)) as frozen, capture_logs():
        settings = sending_to(frozen.getsockname()[1], deadline=60, flush=0, queue=100)
        async with open_tracing(settings, counted.hooks) as tracing:
            for _ in range(500):
                tracing.observe(watchlist())
            assert counted.kept <= 2 * 100 // 13 + 10
            assert counted.kept + counted.dropped == 500


async def test_the_request_is_what_collectors_take() -> None:
    """Headers, path and body are OTLP's, and the resource says which service this is, where it runs, and since when."""
    taken: asyncio.Future[tuple[bytes, bytes]] = asyncio.get_running_loop().create_future()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next(line.split(b":")[1] for line in head.lower().splitlines() if line.startswith(b"content-length:"))
        taken.set_result((head, await reader.readexactly(int(size))))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        settings = sending_to(server.sockets[0].getsockname()[1], headers="api-key=a%2Cb", service_name="charts")
        async with open_tracing(settings) as tracing:
            tracing.observe(operation(name="\ud800" + "x" * 1_000, kind="refused", status=400, codes=("BAD",)))
            head, body = await taken
    assert head.startswith(b"POST /v1/traces HTTP/1.1\r\n")
    assert b"\r\napi-key: a,b\r\n" in head
    request = ExportTraceServiceRequest.FromString(body)
    (group,) = request.resource_spans
    resource = {each.key: each.value.string_value for each in group.resource.attributes}
    assert resource["service.name"] == "charts"
    assert resource["deployment.environment.name"] == "development"
    assert resource["service.instance.id"]
    (scope,) = group.scope_spans
    assert scope.schema_url == "https://opentelemetry.io/schemas/1.44.0"
    (span,) = scope.spans
    assert span.name == "refused"
    assert span.status.code == 0
