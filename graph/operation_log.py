"""The one log line of an operation: what it was, how long it took, how it ended; never its variables."""

from ops.logs import tell
from ops.operation_record import OperationRecord


def write_line(record: OperationRecord) -> None:
    """Write the line of an operation."""
    line: dict[str, object] = {
        "id": record.request_id,
        "name": record.name,
        "kind": record.kind,
        "milliseconds": round(record.seconds * 1_000, 3),
        "status": record.status,
    }
    if record.kept:
        line["kept"] = True
    elif record.events is not None:
        line |= {"codes": record.codes, "events": record.events}
    elif record.kind == "refused":
        line["codes"] = record.codes
    else:
        line |= {"codes": record.codes, "statements": len(record.statements), "batches": len(record.batches)}
    tell(__name__, "operation", line)
