"""Who is told of each operation: the log, the metrics, and traces where a collector is named."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from graphql import GraphQLSchema

from graph.engine import Engine
from graph.field_budgets import field_seconds
from ops.metrics import Metrics
from ops.operation_line import OperationLines
from ops.settings import Settings
from ops.tracing import TracingHooks, open_tracing

_STATEMENTS = "statements"
_EXTERNAL = "external_calls"


@asynccontextmanager
async def open_observing(
    engine: Engine, schema: GraphQLSchema, settings: Settings, metrics: Metrics
) -> AsyncGenerator[None, None]:
    """Let the engine tell its observers within the block; the last spans are sent at its end."""
    budgets = metrics.budgets
    hooks = TracingHooks(
        operation_seconds=budgets.operation_seconds,
        field_seconds=field_seconds(schema),
        call_seconds=budgets.objective(_EXTERNAL).seconds,
        kept=metrics.trace_kept,
        dropped=metrics.traces_dropped.inc,
    )
    lines = OperationLines(budgets.objective(_STATEMENTS).seconds)
    async with open_tracing(settings, hooks) as tracing:
        engine.observers.all = (lines.observe, metrics.observe)
        if tracing.on:
            engine.callers.tracer = tracing
            engine.observers.all = (
                lines.observe,
                tracing.observe,
                metrics.observe,
            )  # exemplars name traces that are kept
        yield
