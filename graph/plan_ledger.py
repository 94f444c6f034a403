"""The ledger of one operation, as `extensions.plan` shows it: where its milliseconds went. See docs/ledger.md."""

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

from loaders.asking import Remembered
from loaders.context import RequestContext
from ops.operation_record import BatchRecord, CallRecord, FieldRecord, StatementRecord

_DIGITS = 3


def ledger(context: RequestContext, field_seconds: Mapping[str, float]) -> dict[str, Any]:
    """Return what ran so far. `begin` and `milliseconds` are milliseconds, the former from the operation's start.

    Statements and calls name their batch by its place in `batches`, batches their statements by their places in
    `statements`; null stands for what no batch asked for. `field_seconds` are budgets by coordinate.
    """
    clock = _Clock(context.begun)
    batches = sorted(context.ledger, key=_number)
    places = {batch.number: place for place, batch in enumerate(batches)}
    return {
        "milliseconds": clock.length(perf_counter() - context.begun),
        "fields": [_field(one, field_seconds.get(one.coordinate), clock) for one in context.fields],
        "batches": [_batch(one, context.statements, clock) for one in batches],
        "statements": [_statement(one, places, clock) for one in context.statements],
        "calls": [_call(one, places, clock) for one in context.calls],
        "remembered": _remembered(context.remembered),
    }


class _Clock:
    """Milliseconds of one operation."""

    def __init__(self, begun: float) -> None:
        self._begun = begun

    def times(self, one: FieldRecord | BatchRecord | StatementRecord | CallRecord) -> dict[str, float]:
        """Return where a record stands on the time axis."""
        return {"begin": self.length(one.begun - self._begun), "milliseconds": self.length(one.seconds)}

    @staticmethod
    def length(seconds: float) -> float:
        """Return milliseconds, to the microsecond."""
        return round(seconds * 1_000, _DIGITS)


def _number(batch: BatchRecord) -> int:
    return batch.number


def _field(one: FieldRecord, budget: float | None, clock: _Clock) -> dict[str, Any]:
    shown = {"path": one.path, "coordinate": one.coordinate, "parents": one.parents, **clock.times(one)}
    return shown if budget is None else shown | {"budget": clock.length(budget)}


def _batch(one: BatchRecord, statements: Sequence[StatementRecord], clock: _Clock) -> dict[str, Any]:
    return {
        "loader": one.loader,
        "fields": list(one.fields),
        "keys": one.keys,
        "asked": one.asked,
        "segments": one.segments,
        "hits": {"memory": one.memory_hits, "redis": one.redis_hits},
        "statements": [place for place, statement in enumerate(statements) if statement.batch == one.number],
        **clock.times(one),
    }


def _statement(one: StatementRecord, places: dict[int, int], clock: _Clock) -> dict[str, Any]:
    shown = {"name": one.name, "rows": one.rows, "batch": places.get(one.batch), **clock.times(one)}
    return shown if one.failure is None else shown | {"failure": one.failure}


def _call(one: CallRecord, places: dict[int, int], clock: _Clock) -> dict[str, Any]:
    return {
        "name": one.name,
        "keys": one.keys,
        "batch": places.get(one.batch),
        "answered": one.answered,
        **clock.times(one),
    }


def _remembered(notes: Sequence[Remembered]) -> list[dict[str, Any]]:
    """Add up by loader, in the order of first asking."""
    sums: dict[str, dict[str, Any]] = {}
    for one in notes:
        known = sums.setdefault(one.loader, {"loader": one.loader, "keys": 0, "memory": 0, "fields": []})
        known["keys"] += one.keys
        known["memory"] += one.memory_hits
        known["fields"] += [path for path in one.fields if path not in known["fields"]]
    return list(sums.values())
