"""Spans of batches, of the statements and cache calls that they ran, and of those that ran outside of any batch.

A batch belongs to the operation and answers several fields: it is nobody's child among them, and links to each.
"""

from collections.abc import Mapping
from typing import Final

from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.semconv._incubating.attributes.db_attributes import DB_RESPONSE_RETURNED_ROWS
from opentelemetry.semconv.attributes.db_attributes import (
    DB_OPERATION_BATCH_SIZE,
    DB_OPERATION_NAME,
    DB_QUERY_SUMMARY,
)

from ops.operation_record import BatchRecord, OperationRecord
from ops.tracing.drawing import Attributes, Drawing, Stores
from ops.tracing.field_spans import FieldSpans

_NO_ANSWER: Final = "no_answer"
_PIPELINE: Final = "PIPELINE"
_COMMANDS: Final = {"read": "MGET", "take_flights": f"{_PIPELINE} SET"}
"""What Redis is sent, as its conventions have it: https://opentelemetry.io/docs/specs/semconv/db/redis/."""


def draw_batches(drawing: Drawing, record: OperationRecord, parent: int, fields: FieldSpans) -> dict[int, int]:
    """Add a span for each batch, linked to those of the fields that asked; return their ids by number."""
    return {batch.number: _draw_batch(drawing, batch, parent, fields) for batch in record.batches}


def draw_statements(
    drawing: Drawing, stores: Stores, record: OperationRecord, parent: int, batches: Mapping[int, int]
) -> None:
    """Add a span for each SQL statement. Its summary is the name that it has here; its text would be long."""
    for statement in record.statements:
        attributes: Attributes = {
            **stores.database,
            DB_QUERY_SUMMARY: statement.name,
            DB_RESPONSE_RETURNED_ROWS: statement.rows,
        }
        drawing.add(
            statement.name,
            Span.SPAN_KIND_CLIENT,
            statement.begun,
            statement.seconds,
            batches.get(statement.batch, parent),
            attributes,
            failure=statement.failure,
        )


def draw_calls(
    drawing: Drawing, stores: Stores, record: OperationRecord, parent: int, batches: Mapping[int, int]
) -> None:
    """Add a span for each call of the shared cache."""
    for call in record.calls:
        command = _COMMANDS.get(call.name, _PIPELINE)
        attributes: Attributes = {**stores.cache, DB_OPERATION_NAME: command, "insitechart.cache.keys": call.keys}
        if call.keys > 1 and command.startswith(_PIPELINE):  # a batch is of several commands, says the page above
            attributes[DB_OPERATION_BATCH_SIZE] = call.keys
        drawing.add(
            f"cache {call.name}",
            Span.SPAN_KIND_CLIENT,
            call.begun,
            call.seconds,
            batches.get(call.batch, parent),
            attributes,
            failure=None if call.answered else _NO_ANSWER,
        )


def _draw_batch(drawing: Drawing, batch: BatchRecord, parent: int, fields: FieldSpans) -> int:
    links = [
        drawing.link(span_id, "insitechart.field.path", field.path)
        for field, span_id in fields
        if field.path in batch.fields and field.begun <= batch.begun <= field.begun + field.seconds
    ]
    attributes: Attributes = {
        "insitechart.batch.number": batch.number,
        "insitechart.batch.keys": batch.keys,
        "insitechart.batch.asked": batch.asked,
        "insitechart.batch.segments": batch.segments,
        "insitechart.batch.memory_hits": batch.memory_hits,
        "insitechart.batch.redis_hits": batch.redis_hits,
        "insitechart.batch.fields": batch.fields,
    }
    return drawing.add(
        batch.loader, Span.SPAN_KIND_INTERNAL, batch.begun, batch.seconds, parent, attributes, links=links
    )
