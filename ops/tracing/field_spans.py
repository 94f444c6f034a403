"""Spans of field paths: of those that asked a loader, took long, or broke their budget.

A path is resolved for all its objects at once, so its span is one for any number of them.
"""

from collections.abc import Collection
from typing import Final

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from ops.operation_record import FieldRecord, OperationRecord
from ops.tracing.drawing import Drawing

MOST_FIELDS: Final = 200
_LONG: Final = 0.001
"""Seconds from which a path is shown that asked no loader: below, there are many, and nothing to learn from them."""

FieldSpans = list[tuple[FieldRecord, int]]
"""Paths, and the ids of their spans."""


def draw_fields(drawing: Drawing, record: OperationRecord, parent: int, over: Collection[int]) -> FieldSpans:
    """Add a span for each path worth one, `over` being the identities of those over budget; the longest if too many."""
    asked = {path for batch in record.batches for path in batch.fields}
    worth = [field for field in record.fields if field.path in asked or field.seconds >= _LONG or id(field) in over]
    if len(worth) > MOST_FIELDS:
        worth = sorted(worth, key=_seconds, reverse=True)[:MOST_FIELDS]
    return [(field, _draw(drawing, field, parent, is_over=id(field) in over)) for field in worth]


def _draw(drawing: Drawing, field: FieldRecord, parent: int, *, is_over: bool) -> int:
    return drawing.add(
        field.coordinate,
        Span.SPAN_KIND_INTERNAL,
        field.begun,
        field.seconds,
        parent,
        {
            "insitechart.field.path": field.path,
            "insitechart.field.coordinate": field.coordinate,
            "insitechart.field.parents": field.parents,
            **({"insitechart.field.over_budget": True} if is_over else {}),
        },
    )


def _seconds(field: FieldRecord) -> float:
    return field.seconds
