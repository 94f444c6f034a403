"""Which operations leave a trace: those that are sampled, that failed, or that broke a budget; their record decides."""

from collections.abc import Callable, Iterator, Mapping
from math import inf
from typing import Final, Literal

from ops.errors import DeadlineExceeded, Internal, ServerFault, Unavailable
from ops.operation_record import FieldRecord, OperationRecord

Reason = Literal["sampled", "failed", "budget"]
_FAULTS: Final = frozenset(fault.code for fault in (Internal, Unavailable, DeadlineExceeded))
_SERVER_ERRORS: Final = ServerFault.status


class Keeping:
    """Decides by two budgets: of operations by name, and of fields by coordinate, in seconds."""

    __slots__ = ("_field_seconds", "_least", "_operation_seconds")

    def __init__(self, operation_seconds: Callable[[str | None], float], field_seconds: Mapping[str, float]) -> None:
        self._operation_seconds = operation_seconds
        self._field_seconds = field_seconds
        self._least = min(field_seconds.values(), default=inf)

    def reason(self, record: OperationRecord) -> Reason | None:
        """Return why the trace of this operation is kept, None where it is not."""
        if record.trace is not None and record.trace.sampled:
            return "sampled"
        if fault(record) is not None:
            return "failed"
        if record.kind != "subscription" and self._is_over(record):
            return "budget"
        return None

    def over(self, record: OperationRecord) -> Iterator[FieldRecord]:
        """Yield the field paths that took longer than their field's budget."""
        if record.seconds > self._least:  # no part takes longer than the whole
            for field in record.fields:
                if field.seconds > self._field_seconds.get(field.coordinate, inf):
                    yield field

    def seconds_of(self, record: OperationRecord) -> float:
        """Return the seconds that an operation may take. A stranger may use the name of one of ours."""
        return self._operation_seconds(record.name if record.registered else None)

    def _is_over(self, record: OperationRecord) -> bool:
        return record.seconds > self.seconds_of(record) or next(self.over(record), None) is not None


def fault(record: OperationRecord) -> str | None:
    """Return the code of what failed on our side, or the status where there is no code; None where nothing did.

    What a client did wrong, or a client that left, is no fault.
    """
    for code in record.codes:
        if code in _FAULTS:
            return code
    return str(record.status) if record.status >= _SERVER_ERRORS else None
