"""A real collector receives what is made of a record."""

from collections.abc import AsyncIterator

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from pydantic import SecretStr

from ops.operation_record import CallRecord
from ops.settings import Settings
from ops.tracing import TracingHooks, open_tracing
from ops.tracing.batch_spans import draw_calls
from ops.tracing.drawing import Drawing, Stores
from ops.tracing_settings import TracingSettings
from tests.ops.tracing.records import TRACE, operation, watchlist
from tests.ops.tracing.tap import Tap, attributes, tapping

SPANS = 12


@pytest.fixture
async def tap() -> AsyncIterator[Tap]:
    """A collector."""
    async with tapping() as collector:
        yield collector


@pytest.fixture
async def spans(tap: Tap) -> dict[str, Span]:
    """The spans of one query, by name and, where that is a field's, by path."""
    settings = Settings(
        tracing=TracingSettings(endpoint=tap.url),
        database_url=SecretStr("postgresql://someone:secret@db.example:6432/charts"),
        redis_url=SecretStr("redis://:secret@cache.example"),
    )
    hooks = TracingHooks(operation_seconds=lambda _: 1.5, field_seconds={"Stock.quote": 0.3})
    async with open_tracing(settings, hooks) as tracing:
        tracing.observe(watchlist())
    await tap.until(lambda came: len(came) >= SPANS)
    assert len(tap.spans) == SPANS
    return {attributes(span).get("insitechart.field.path", span.name): span for span in tap.spans}


async def test_the_operation_is_a_server_span(spans: dict[str, Span]) -> None:
    """It has the ids and the parent of the context, the conventions' attributes, and says why it is there."""
    span = spans["query Watchlist"]
    assert int.from_bytes(span.trace_id) == TRACE.trace_id
    assert int.from_bytes(span.span_id) == TRACE.span_id
    assert int.from_bytes(span.parent_span_id) == TRACE.parent_id
    assert span.kind == Span.SPAN_KIND_SERVER
    assert span.status.code == Status.STATUS_CODE_UNSET
    assert span.end_time_unix_nano - span.start_time_unix_nano == 500_000_000
    assert attributes(span) == {
        "graphql.operation.type": "query",
        "graphql.operation.name": "Watchlist",
        "http.response.status_code": 200,
        "insitechart.request_id": "r1",
        "insitechart.kept_because": "sampled",
        "insitechart.budget_ms": 1_500,
        "insitechart.fields_over_budget": ["stocks.quote", "stocks.latest"],
    }


async def test_all_spans_are_in_one_tree(spans: dict[str, Span]) -> None:
    """Phases, batches and free statements are the operation's children, fields the execution's, the rest batches'."""
    names = {span.span_id: name for name, span in spans.items()}
    assert {name: names.get(span.parent_span_id) for name, span in spans.items()} == {
        "query Watchlist": None,
        "parse": "query Watchlist",
        "execute": "query Watchlist",
        "stocks": "execute",
        "stocks.quote": "execute",
        "stocks.latest": "execute",
        "StockPageByFilter": "query Watchlist",
        "QuoteBySymbol": "query Watchlist",
        "stock_page": "StockPageByFilter",
        "quotes": "QuoteBySymbol",
        "feeds": "query Watchlist",
        "cache read": "QuoteBySymbol",
    }
    assert {span.trace_id for span in spans.values()} == {TRACE.trace_id.to_bytes(16)}


async def test_a_batch_links_to_the_fields_that_asked(spans: dict[str, Span]) -> None:
    """The links point at spans that the collector has."""
    batch = spans["QuoteBySymbol"]
    assert [link.span_id for link in batch.links] == [spans["stocks.quote"].span_id, spans["stocks.latest"].span_id]
    assert {link.trace_id for link in batch.links} == {batch.trace_id}
    assert attributes(batch) == {
        "insitechart.batch.number": 1,
        "insitechart.batch.keys": 50,
        "insitechart.batch.asked": 100,
        "insitechart.batch.segments": 1,
        "insitechart.batch.memory_hits": 0,
        "insitechart.batch.redis_hits": 10,
        "insitechart.batch.fields": ["stocks.quote", "stocks.latest"],
    }


async def test_statements_and_calls_are_client_spans(spans: dict[str, Span]) -> None:
    """They name the system and its address, without user and password; what failed says of what."""
    statement, call = spans["quotes"], spans["cache read"]
    assert statement.kind == call.kind == Span.SPAN_KIND_CLIENT
    assert attributes(statement) == {
        "db.system.name": "postgresql",
        "db.namespace": "charts",
        "server.address": "db.example",
        "server.port": 6432,
        "db.query.summary": "quotes",
        "db.response.returned_rows": 0,
        "error.type": "UNAVAILABLE",
    }
    assert statement.status.code == Status.STATUS_CODE_ERROR
    assert attributes(call) == {
        "db.system.name": "redis",
        "server.address": "cache.example",
        "db.operation.name": "MGET",
        "insitechart.cache.keys": 50,
        "error.type": "no_answer",
    }


@pytest.mark.parametrize(("keys", "size"), [(1, {}), (3, {"db.operation.batch.size": 3})])
def test_several_commands_at_once_are_a_batch(keys: int, size: dict[str, int]) -> None:
    """One command about several keys, as above, is none."""
    drawing = Drawing(TRACE, 0.0)
    record = operation(calls=(CallRecord("take_flights", 1.0, 0.1, keys, batch=-1, answered=True),))
    draw_calls(drawing, Stores({}, {}), record, TRACE.span_id, {})
    told = attributes(Span.FromString(drawing.spans[0]))
    assert told == {"db.operation.name": "PIPELINE SET", "insitechart.cache.keys": keys, **size}
