"""Rows: what the cache keeps of them is what it gives back."""

import inspect
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from storage import rows
from storage.rows import MentionRow, SentimentTotals, StockRow, TrendingEntryRow, Window
from storage.terms import Feed, MentionTier, SentimentLabel, Source, Timeframe

AT = datetime(2026, 11, 20, 15, 30, 0, 123_456, tzinfo=UTC)
KINDS = [
    kind
    for _, kind in inspect.getmembers(rows, inspect.isclass)
    if issubclass(kind, msgspec.Struct) and kind.__module__ == rows.__name__ and kind.__struct_fields__
]
_TOTALS = SentimentTotals(3, -1, 2**62, 1, 1, 1)
_STOCK = StockRow("BRK.B", "Berkshire ✓", None, None, "Insurance", 2**53, simulated=False)
VALUES: dict[Any, Any] = {
    int: 2**53,
    float: 0.1,
    str: "☃",
    bool: True,
    datetime: AT,
    Source: Source.X,
    Feed: Feed.NEWS,
    SentimentLabel: SentimentLabel.NEUTRAL,
    MentionTier: MentionTier.GIVEN,
    Timeframe: Timeframe.WEEK,
    Window: Window(AT, AT + timedelta(hours=1)),
    SentimentTotals: _TOTALS,
    StockRow: _STOCK,
    tuple[TrendingEntryRow, ...]: (TrendingEntryRow("A", 1, 2, 3, -4, None, 0.5, None),) * 2,
}


def _value(kind: Any) -> Any:
    """Return a value of a field's type, of an optional one its other type."""
    options = [each for each in getattr(kind, "__args__", ()) if each is not type(None)]
    return VALUES[kind] if kind in VALUES else VALUES[options[0]]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_rows_survive_messagepack_by_type(kind: type[Any]) -> None:
    """Every kind of row comes back equal, with its enumerations, its times to the microsecond, and its nulls."""
    fields = msgspec.structs.fields(kind)
    for empty in (False, True):
        optional = {field.name: type(None) in getattr(field.type, "__args__", ()) for field in fields}
        row = kind(*(None if empty and optional[field.name] else _value(field.type) for field in fields))
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=kind) == row
        assert msgspec.msgpack.decode(msgspec.msgpack.encode([row]), type=list[kind]) == [row]  # type: ignore[valid-type]  # parametrised


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_rows_cannot_be_changed(kind: type[Any]) -> None:
    """Rows are shared between operations: nothing can be assigned."""
    fields = msgspec.structs.fields(kind)
    row = kind(*(_value(field.type) for field in fields))
    with pytest.raises(AttributeError):
        setattr(row, fields[0].name, None)


def test_a_whole_mention_begins_as_a_brief_one() -> None:
    """So the same fields read either."""
    brief = [field.name for field in msgspec.structs.fields(rows.BriefMentionRow)]
    assert [field.name for field in msgspec.structs.fields(MentionRow)][: len(brief)] == brief
