"""The two scalars beyond GraphQL's own: instants, and whole numbers above 32 bits."""

import re
from datetime import UTC, datetime
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

BigInt = NewType("BigInt", int)

EXACT = 2**53
"""Whole numbers up to here survive a reader that keeps JSON numbers as doubles."""

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)


def _print_instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _read_instant(value: object) -> datetime:
    example = "2026-01-31T15:00:00Z"
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError(f"a DateTime is a string as {example!r}, with its offset from UTC")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"no such instant; a DateTime looks like {example!r}") from None


def _print_whole(value: object) -> int:
    """Print any size: a sum of volumes may pass 2^53, and must not cost its whole page."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"a BigInt is a whole number, not {value!r}")
    return value


def _read_whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -EXACT <= value <= EXACT:
        raise ValueError(f"a BigInt is a whole number from -{EXACT} to {EXACT}")
    return value


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description=(
            "An instant as RFC 3339 has it, printed in UTC with `Z`; read with any offset, and cut to microseconds."
        ),
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_print_instant,
        parse_value=_read_instant,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number, exact up to 2^53, written as a JSON number.",
        serialize=_print_whole,
        parse_value=_read_whole,
    ),
}
