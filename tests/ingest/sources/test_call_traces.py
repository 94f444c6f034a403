"""Calls of external APIs as spans: a real collector has them, and strangers are not told of the trace."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from ingest.sources.call_traces import CallTraces
from ingest.sources.calls import Calls
from ingest.sources.client import Client
from ingest.sources.failures import Unreachable
from ingest.sources.pace import Pace
from ops.metrics import make_metrics
from ops.settings import Settings
from ops.tracing import open_tracing
from ops.tracing_settings import TracingSettings
from tests.ingest.sources.conftest import QUICK, Clock
from tests.ingest.sources.web import Reply, Web, json_reply
from tests.ops.tracing.tap import Tap, attributes, tapping

PRIVATE = "s3cret-t0ken"


@dataclass(frozen=True, slots=True)
class Traced:
    """A client whose calls are traced, and its collector."""

    client: Client
    tap: Tap


@pytest.fixture
async def traced(clock: Clock, request: pytest.FixtureRequest) -> AsyncIterator[Traced]:
    """A client that samples the share, and tells the hosts, that a test's marker names."""
    share, hosts = getattr(request, "param", (1.0, ()))
    pace = Pace("test", 1_000.0, 1.0, 1.0, lambda: clock.seconds, clock.sleep)
    async with tapping() as tap, httpx.AsyncClient() as http:
        settings = Settings(tracing=TracingSettings(endpoint=tap.url, share=share, hosts=hosts))
        async with open_tracing(settings) as tracing:
            calls = Calls(make_metrics(), CallTraces(tracing, hosts))
            yield Traced(Client("test", http, pace, calls, QUICK, lambda: clock.now, lambda: clock.seconds), tap)


async def test_a_call_is_a_client_span(traced: Traced, web: Web) -> None:
    """It says which API, by which method, from where and with which status: neither the path nor what is secret."""
    web.routes["/"] = json_reply({})
    await traced.client.get(f"{web.url}/", {"crumb": PRIVATE}, {"authorization": PRIVATE})
    (span,) = await traced.tap.until(bool)
    port = int(web.url.rpartition(":")[2])
    assert (span.name, span.kind, span.status.code) == ("GET", Span.SPAN_KIND_CLIENT, Status.STATUS_CODE_UNSET)
    assert attributes(span) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
        "server.port": port,
        "insitechart.api": "test",
        "insitechart.kept_because": "sampled",
    }
    assert PRIVATE not in str(span)
    assert "traceparent" not in web.requests[0].headers


@pytest.mark.parametrize("traced", [(0.0, ())], indirect=True)
async def test_each_try_that_fails_is_kept(traced: Traced, web: Web) -> None:
    """Nothing is sampled: two tries that failed are two traces, each with its reason; one that succeeds leaves none."""
    web.routes["/"] = Reply(503)
    with pytest.raises(Unreachable):
        await traced.client.get(f"{web.url}/", {}, {})
    spans = await traced.tap.until(lambda came: len(came) == QUICK.tries)
    assert {attributes(span)["error.type"] for span in spans} == {"503"}
    assert {attributes(span)["insitechart.kept_because"] for span in spans} == {"failed"}
    assert {span.status.code for span in spans} == {Status.STATUS_CODE_ERROR}
    assert len({span.trace_id for span in spans}) == QUICK.tries


@pytest.mark.parametrize("traced", [(1.0, ("127.0.0.1",))], indirect=True)
async def test_a_host_that_is_listed_is_told(traced: Traced, web: Web) -> None:
    """It gets the trace and the span that calls it."""
    web.routes["/"] = json_reply({})
    await traced.client.get(f"{web.url}/", {}, {})
    (span,) = await traced.tap.until(bool)
    assert web.requests[0].headers["traceparent"] == f"00-{span.trace_id.hex()}-{span.span_id.hex()}-03"
