"""The trace of a slow query, as a real collector received it: it names the field that caused it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from structlog.testing import capture_logs

from tests.flows.market import fill
from tests.graph.test_app import started
from tests.http_client import Client
from tests.ops.tracing.tap import Tap, attributes, tapping

WATCHLIST = """
query Watchlist { stocks(first: 5) { nodes { symbol latest: quote { price } sentiment { averageScore } } } }
"""
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"
LAST = bytes(range(16))
_BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@dataclass(frozen=True, slots=True)
class Traced:
    """A served API, its database, and the collector of its spans."""

    client: Client
    tap: Tap
    url: str

    async def query_slowly(self, document: str, table: str, seconds: float) -> None:
        """Ask while somebody holds a table that long."""
        connection = await asyncpg.connect(self.url)
        try:
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
                asking = asyncio.create_task(self.client.query(document, traceparent=f"{PARENT}-00"))
                while not await connection.fetchval(_BLOCKED):  # noqa: ASYNC110 - the event is on the server
                    await asyncio.sleep(0.01)
                await asyncio.sleep(seconds)
            assert "errors" not in (await asking).json()
        finally:
            await connection.close()

    async def spans(self) -> list[Span]:
        """Return the spans of what was asked so far: they have come when those of a later question have."""
        await self.client.query("query Last { __typename }", traceparent=f"00-{LAST.hex()}-00f067aa0ba902b7-01")
        spans = await self.tap.until(lambda came: any(span.trace_id == LAST for span in came))
        return [span for span in spans if span.trace_id.hex() in PARENT]


@pytest.fixture
async def traced(plain_database_url: str) -> AsyncIterator[Traced]:
    """An API that samples nothing of its own."""
    await fill(plain_database_url)
    async with tapping() as tap:
        settings = {"database_url": plain_database_url, "tracing": {"endpoint": tap.url, "share": 0}}
        async with started(**settings) as client:
            yield Traced(client, tap, plain_database_url)


async def test_a_slow_query_names_its_field(traced: Traced) -> None:
    """Nobody sampled it: it is kept because it broke a budget, and leads from the field over the batch to the SQL."""
    for _ in range(3):
        await traced.client.query(WATCHLIST)  # from the third time on it runs as a plan, whose paths are timed
    await traced.query_slowly(WATCHLIST, "quotes", 0.2)
    spans = await traced.spans()
    (operation,) = [span for span in spans if span.kind == Span.SPAN_KIND_SERVER]
    told = attributes(operation)
    assert operation.trace_id.hex() == PARENT.split("-")[1]
    assert operation.parent_span_id.hex() == PARENT.split("-")[2]
    assert told["insitechart.kept_because"] == "budget"
    assert told["insitechart.fields_over_budget"] == ["stocks.nodes.latest"]
    (field,) = [span for span in spans if attributes(span).get("insitechart.field.over_budget")]
    assert attributes(field)["insitechart.field.coordinate"] == "Stock.quote"
    assert field.end_time_unix_nano - field.start_time_unix_nano > 200_000_000
    (batch,) = [span for span in spans if field.span_id in [link.span_id for link in span.links]]
    assert batch.name == "QuoteBySymbol"
    assert batch.parent_span_id == operation.span_id
    (statement,) = [span for span in spans if span.parent_span_id == batch.span_id]
    assert attributes(statement)["db.system.name"] == "postgresql"
    assert attributes(statement)["db.query.summary"] == "quotes"
    assert statement.end_time_unix_nano - statement.start_time_unix_nano > 200_000_000
    assert {span.trace_id for span in spans} == {operation.trace_id}


async def test_the_callers_decision_is_kept(traced: Traced) -> None:
    """What a caller samples is sampled here, and every link and parent is of a span that came."""
    await traced.client.query(WATCHLIST, traceparent=f"{PARENT}-01", tracestate="congo=t61rcWkgMzE")
    spans = await traced.spans()
    known = {span.span_id for span in spans}
    (operation,) = [span for span in spans if span.kind == Span.SPAN_KIND_SERVER]
    assert attributes(operation)["insitechart.kept_because"] == "sampled"
    assert operation.trace_state == "congo=t61rcWkgMzE"
    assert all(span.parent_span_id in known for span in spans if span is not operation)
    assert all(link.span_id in known for span in spans for link in span.links)
    assert {"parse", "validate", "execute"} <= {span.name for span in spans}
    for span in spans:
        assert operation.start_time_unix_nano <= span.start_time_unix_nano
        assert span.end_time_unix_nano <= operation.end_time_unix_nano + 1_000


async def test_failures_are_kept(traced: Traced) -> None:
    """A fault of ours is kept with its code as error type; a client's mistake is none."""
    assert (await traced.client.query("{ nonsense }")).status_code == 400
    connection = await asyncpg.connect(traced.url)
    await connection.execute("ALTER TABLE stock_prices RENAME TO elsewhere")
    await connection.close()
    with capture_logs():
        await traced.client.query(WATCHLIST, traceparent=f"{PARENT}-00")
    spans = await traced.spans()
    (operation,) = [span for span in spans if span.kind == Span.SPAN_KIND_SERVER]
    assert attributes(operation)["insitechart.kept_because"] == "failed"
    assert attributes(operation)["error.type"] == "INTERNAL"
    assert operation.status.code == operation.status.STATUS_CODE_ERROR
