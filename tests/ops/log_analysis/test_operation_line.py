"""The line of an operation: any record makes one, and what is read of it is what the record says."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings

from ops.log_analysis.lines import open_lines
from ops.log_analysis.sources import Sources
from ops.log_analysis.window import Window
from ops.log_fields import EVERY_LINE, FIELDS, OPERATION
from ops.operation_line import OperationLines
from ops.operation_record import BatchRecord, CallRecord, OperationRecord, StatementRecord
from tests.ops.log_analysis.operation_records import RECORDS, written

OBJECTIVE = 0.3
KEPT = OperationRecord("r-1", "query", "StockName", 1.0, 0.000012, 200, kept=True, document="ab" * 32, registered=True)


def line_of(record: OperationRecord) -> str:
    """Return the line of a record, without the end of the line."""
    with written() as lines:
        OperationLines(OBJECTIVE).observe(record)
    text = lines()
    assert text.endswith("\n")
    return text[:-1]


def milliseconds(seconds: float) -> float:
    """Return seconds as lines have them."""
    return round(seconds * 1_000, 3)


def told(text: str | None) -> str | None:
    """Return what a line tells of a text that a client chose."""
    if text is None:
        return None
    cut = text if len(text) <= 100 else text[:99] + "…"
    return cut.encode("utf-8", "replace").decode()


def expected(record: OperationRecord) -> dict[str, Any]:
    """Return the fields of a record's line, by the list of fields alone; None for what is absent."""
    ran = not record.kept
    slow = sorted((each.seconds for each in record.statements if each.seconds > OBJECTIVE), reverse=True)
    redis_hits = sum(each.redis_hits for each in record.batches)
    return {
        "id": record.request_id,
        "name": told(record.name),
        "kind": record.kind,
        "document": record.document,
        "registered": (record.document is not None and record.registered) or None,
        "client": told(record.client),
        "milliseconds": milliseconds(record.seconds),
        "status": record.status,
        "codes": list(dict.fromkeys(record.codes)) or None,
        "kept": record.kept or None,
        "cost": (ran and record.cost) or None,
        "trace_id": f"{record.trace.trace_id:032x}" if record.trace else None,
        "phases": {each.name: milliseconds(each.seconds) for each in record.phases} if ran and record.phases else None,
        "batches": (ran and len(record.batches)) or None,
        "statements": (ran and len(record.statements)) or None,
        "sql_milliseconds": (
            milliseconds(sum(each.seconds for each in record.statements)) if ran and record.statements else None
        ),
        "slow": (ran and [{"name": "quotes", "milliseconds": milliseconds(each)} for each in slow[:10]]) or None,
        "slow_statements": (ran and len(slow)) or None,
        "memory_hits": (ran and record.memory_hits) or None,
        "redis_hits": (ran and redis_hits) or None,
        "misses": (ran and sum(each.keys for each in record.batches) - redis_hits) or None,
        "cache_calls": (ran and len(record.calls)) or None,
        "cache_milliseconds": (
            milliseconds(sum(each.seconds for each in record.calls)) if ran and record.calls else None
        ),
        "events": record.events,
    }


@settings(max_examples=60)
@given(record=RECORDS)
def test_any_record_makes_one_line_that_is_read_again_as_it_was(record: OperationRecord, tmp_path_factory: Any) -> None:
    """In printable ASCII, with the fields of the list and no others; DuckDB reads what the record says."""
    line = line_of(record)
    assert line.isascii()
    assert line.isprintable()
    folder: Path = tmp_path_factory.mktemp("lines")
    (folder / "api.log").write_text(line + "\n")
    window = Window(datetime.now(UTC) + timedelta(minutes=1))
    with open_lines(Sources([str(folder / "api.log")], folder), window, folder, None) as connection:
        rows = connection.execute("SELECT * FROM line").fetchall()
        names = [column[0] for column in connection.description]
    [read] = [dict(zip(names, row, strict=True)) for row in rows]
    phases = read["phases"] and {name: each for name, each in read["phases"].items() if each is not None}
    assert (read["verdict"], read["event"], read["level"]) == ("within", "operation", "info")
    wanted = expected(record)
    assert {name: read[name] for name in wanted} | {"phases": phases} == wanted


@settings(max_examples=60)
@given(record=RECORDS)
def test_a_line_has_the_fields_of_the_list_and_no_others(record: OperationRecord) -> None:
    """What nobody declared would reach neither the index nor the analysis; a value has the type that is declared."""
    types = {field.name: field.type for field in (*EVERY_LINE, *FIELDS[OPERATION])}
    checks = {"integer": int, "number": float, "flag": bool, "word": str, "words": list, "text": str, "time": str}
    for name, value in _flat(msgspec.json.decode(line_of(record))):
        assert isinstance(value, checks[types[name]]) or (value is None and name == "name"), name


def _flat(line: dict[str, Any]) -> list[tuple[str, Any]]:
    flat = []
    for name, value in line.items():
        if name == "phases":
            flat += [(f"phases.{phase}", each) for phase, each in value.items()]
        elif name == "slow":
            flat += [(f"slow.{member}", each) for one in value for member, each in one.items()]
        else:
            flat.append((name, value))
    return flat


def test_the_line_of_a_kept_answer_is_small() -> None:
    """It is written many thousand times a second: nothing that ran, nothing of it."""
    assert set(msgspec.json.decode(line_of(KEPT))) == {
        *("id", "name", "kind", "milliseconds", "status", "kept", "document", "registered"),
        *("event", "level", "logger", "timestamp"),
    }


def test_a_slow_statement_is_named_and_a_quick_one_is_not() -> None:
    """The objective itself is still kept; beyond ten, the slowest are named and all are counted."""
    ran = [0.3, 0.2, *(0.31 + place / 100 for place in range(12))]
    record = msgspec.structs.replace(
        KEPT, kept=False, statements=[StatementRecord(f"of {each:.2f}", 1.0, each, 1) for each in ran]
    )
    line = msgspec.json.decode(line_of(record))
    assert (line["statements"], line["slow_statements"]) == (14, 12)
    assert [each["name"] for each in line["slow"]] == [f"of {0.42 - place / 100:.2f}" for place in range(10)]


def test_what_ran_is_summed_up() -> None:
    """Keys by where they were found, calls and statements by their time."""
    record = msgspec.structs.replace(
        KEPT,
        kept=False,
        memory_hits=5,
        batches=[BatchRecord(0, "A", 20, 1, 1.0, 0.1, redis_hits=7), BatchRecord(1, "B", 3, 1, 1.0, 0.1)],
        statements=[StatementRecord("a", 1.0, 0.01, 1), StatementRecord("b", 1.0, 0.02, 1)],
        calls=[CallRecord("read", 1.0, 0.001, 20, 0, answered=True)],
    )
    line = msgspec.json.decode(line_of(record))
    assert (line["batches"], line["memory_hits"], line["redis_hits"], line["misses"]) == (2, 5, 7, 16)
    assert (line["statements"], line["sql_milliseconds"]) == (2, 30.0)
    assert (line["cache_calls"], line["cache_milliseconds"]) == (1, 1.0)
