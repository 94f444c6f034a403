"""The lines of a recorded feed: one JSON object each, with `kind`, `at` (when it came in) and the item's own fields.

Kinds and fields are those of `storage.intake_items`. `observed_at` may be left out: it is `at`. A quote's own time
stands in `priced_at`, where that is not `at`. Times are ISO 8601 or Unix time; without an offset they are UTC.
"""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from ingest.importing import cells
from ingest.importing.faults import RowError
from ingest.replay.item_checks import check
from storage.intake_items import CollectedBar, CollectedPost, CollectedQuote, CollectedStock, Item, RemovedPost

KINDS: Final[dict[str, type[Item]]] = {
    "post": CollectedPost,
    "removed": RemovedPost,
    "bar": CollectedBar,
    "quote": CollectedQuote,
    "stock": CollectedStock,
}
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_TIMES: Final = frozenset({"posted_at", "observed_at", "time", "priced_at"})
_FIELDS: Final = {kind: frozenset(of.__struct_fields__) for kind, of in KINDS.items()}


def decode(text: str) -> tuple[datetime, Item]:
    """Read one line into when it is due and its item; raise RowError, with what is wrong, where it is neither."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as damage:
        raise RowError("malformed JSON", damage) from damage
    if not isinstance(value, dict):
        raise RowError("not a JSON object", value)
    kind = value.pop("kind", None)
    if not isinstance(kind, str) or kind not in KINDS:
        raise RowError(f"kind is none of {', '.join(KINDS)}", kind)
    at = _moment(value.pop("at", None), "at")
    fields = {name: _moment(each, name) if name in _TIMES else each for name, each in value.items()}
    fields = _with_times(kind, at, fields)
    if unknown := fields.keys() - _FIELDS[kind]:
        raise RowError(f"unknown field of a {kind}", min(unknown))
    try:
        item = msgspec.convert(fields | {"type": kind}, KINDS[kind])
    except msgspec.ValidationError as damage:
        raise RowError(f"a field of the {kind} is missing or has the wrong form", damage) from damage
    return at, check(item)


def encode(at: datetime, item: Item) -> bytes:
    """Write the line that `decode` reads into these two, with its line end."""
    fields: dict[str, Any] = msgspec.to_builtins(item)
    kind = fields.pop("type")
    if isinstance(item, CollectedQuote):
        fields["priced_at"] = fields.pop("at")
    line = {"kind": kind, "at": at.astimezone(UTC)} | fields
    return msgspec.json.encode(line) + b"\n"


def _with_times(kind: str, at: datetime, fields: dict[str, Any]) -> dict[str, Any]:
    if kind == "quote":
        priced_at = fields.pop("priced_at", at)
        return fields | {"at": priced_at}
    if kind in ("post", "removed"):
        return {"observed_at": at} | fields
    return fields


def _moment(value: Any, name: str) -> datetime:
    found = cells.parse_moment(cells.required_text(value, name, 100))
    if found is None:
        raise RowError(f"{name} is not a time", value)
    if not EARLIEST <= found < LATEST:
        raise RowError(f"{name} lies before {EARLIEST:%Y} or after {LATEST:%Y}", value)
    return found.astimezone(UTC)
