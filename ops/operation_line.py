"""The one log line of an operation: what it was, how long it took, how it ended; never its variables."""

from collections.abc import Sequence

from ops.log_fields import OPERATION
from ops.logs import tell
from ops.operation_record import OperationRecord, StatementRecord

_MOST_CHARACTERS = 100
_MOST_SLOW = 10


class OperationLines:
    """Writes a line for each operation; a statement that took longer than `slow_seconds` is named in it."""

    __slots__ = ("_slow_seconds",)

    def __init__(self, slow_seconds: float = 0.3) -> None:
        self._slow_seconds = slow_seconds

    def observe(self, record: OperationRecord) -> None:
        """Write the line of one operation: a few microseconds."""
        line: dict[str, object] = {
            "id": record.request_id,
            "name": None if record.name is None else _short(record.name),
            "kind": record.kind,
            "milliseconds": round(record.seconds * 1e6) / 1e3,  # a third of what three decimals cost `round`
            "status": record.status,
        }
        if record.kept:
            line["kept"] = True
        if record.document is not None:
            line["document"] = record.document
            if record.registered:
                line["registered"] = True
        if record.client is not None:
            line["client"] = _short(record.client)
        if record.trace is not None:
            line["trace_id"] = f"{record.trace.trace_id:032x}"
        if record.codes:
            line["codes"] = list(dict.fromkeys(record.codes))
        if record.events is not None:
            line["events"] = record.events
        if not record.kept:
            self._add_work(line, record)
        tell(__name__, OPERATION, line)

    def _add_work(self, line: dict[str, object], record: OperationRecord) -> None:
        """Add what ran; whatever there was none of has no member."""
        if record.cost:
            line["cost"] = record.cost
        if record.phases:
            line["phases"] = {phase.name: round(phase.seconds * 1e6) / 1e3 for phase in record.phases}
        redis_hits = misses = 0
        if record.batches:
            line["batches"] = len(record.batches)
            for batch in record.batches:
                redis_hits += batch.redis_hits
                misses += batch.keys - batch.redis_hits
        if record.statements:
            self._add_statements(line, record.statements)
        if record.memory_hits:
            line["memory_hits"] = record.memory_hits
        if redis_hits:
            line["redis_hits"] = redis_hits
        if misses:
            line["misses"] = misses
        if record.calls:
            line["cache_calls"] = len(record.calls)
            line["cache_milliseconds"] = round(sum([call.seconds for call in record.calls]) * 1e6) / 1e3

    def _add_statements(self, line: dict[str, object], statements: Sequence[StatementRecord]) -> None:
        seconds = longest = 0.0
        for statement in statements:
            seconds += statement.seconds
            if statement.seconds > longest:  # noqa: PLR1730 - a call of `max` costs as much as the rest
                longest = statement.seconds
        line["statements"] = len(statements)
        line["sql_milliseconds"] = round(seconds * 1e6) / 1e3
        if longest > self._slow_seconds:
            slow = [statement for statement in statements if statement.seconds > self._slow_seconds]
            slow.sort(key=lambda statement: -statement.seconds)
            line["slow_statements"] = len(slow)
            line["slow"] = [
                {"name": each.name, "milliseconds": round(each.seconds * 1e6) / 1e3} for each in slow[:_MOST_SLOW]
            ]


def _short(text: str) -> str:
    """Cut what clients chose, and say so; what is no Unicode, as half a surrogate pair, would spoil the line."""
    if len(text) > _MOST_CHARACTERS:
        text = text[: _MOST_CHARACTERS - 1] + "…"
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
