"""Who is told of each operation: the log, the metrics, and traces where a collector is named."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from graphql import GraphQLSchema

from graph.engine import Engine
from graph.field_budgets import field_seconds
from graph.recent_fields import RecentFields, copying
from ops.budgets import buckets
from ops.metrics import Metrics
from ops.operation_line import OperationLines
from ops.settings import Settings
from ops.tracing import TracingHooks, open_tracing

_STATEMENTS = "statements"
_EXTERNAL = "external_calls"


@asynccontextmanager
async def open_observing(
    engine: Engine, schema: GraphQLSchema, settings: Settings, metrics: Metrics
) -> AsyncGenerator[RecentFields, None]:
    """Let the engine tell its observers within the block; the last spans are sent at its end."""
    budgets, own_seconds = metrics.budgets, field_seconds(schema)
    metrics.operations.fields.edges = buckets(own_seconds.values())
    recent = RecentFields(metrics.operations.fields, budgets, own_seconds)
    hooks = TracingHooks(
        operation_seconds=budgets.operation_seconds,
        field_seconds=own_seconds,
        call_seconds=budgets.objective(_EXTERNAL).seconds,
        kept=metrics.trace_kept,
        dropped=metrics.traces_dropped.inc,
    )
    lines = OperationLines(budgets.objective(_STATEMENTS).seconds)
    async with open_tracing(settings, hooks) as tracing, copying(recent):
        engine.observers.all = (lines.observe, metrics.observe)
        if tracing.on:
            engine.callers.tracer = tracing
            # The metrics come last: their exemplars name traces that were kept.
            engine.observers.all = (lines.observe, tracing.observe, metrics.observe)
        yield recent
