"""Which Python values of a leaf type are output values already, found out once per type of the schema.

The built-in scalars are known. Any other scalar is asked to serialise a few instants, dates, UUIDs and whole numbers,
the extreme ones among them: where each comes out as msgspec prints the object itself, objects of that type pass as they
are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from itertools import repeat
from math import isfinite
from operator import attrgetter, is_
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import msgspec
from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLScalarType,
    GraphQLString,
)

Check: TypeAlias = Callable[[Sequence[Any], int], bool]
"""Says of a column, whose values have so many Python types, whether all its values that are not None are legal."""

_EXACT = 2**53
"""Beyond, a whole number may not be exactly a float, which graphql-core refuses and msgspec does not."""

_INSTANTS = [
    datetime(2026, 1, 31, 15, tzinfo=UTC),
    datetime(2026, 1, 31, 15, 4, 5, 120_000, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
    datetime.min.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
]
_DATES = [date(2026, 1, 31), date.min, date.max]
_IDS = [UUID(int=0), UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), UUID(int=2**128 - 1)]
_WHOLE = [0, 1, -1, 7, 12_345, 2**31, -(2**31) - 1, _EXACT + 1, -_EXACT - 1, 2**63 - 1, -(2**63)]
_PROBES: dict[type, Sequence[Any]] = {datetime: _INSTANTS, date: _DATES, UUID: _IDS, int: _WHOLE}
_zone = attrgetter("tzinfo")


@dataclass(frozen=True, slots=True)
class Ready:
    """How a leaf type is output.

    `types` pass where `check` agrees; `names` are an enum's by the identity of its members; `shape` is the type that
    msgspec converts to, None where it cannot be trusted to.
    """

    leaf: GraphQLLeafType
    types: frozenset[type]
    check: Check | None = None
    names: Mapping[int, str] | None = None
    shape: Any = None


def readiness(leaf: GraphQLLeafType) -> Ready:
    """Find out how a leaf type is output."""
    if isinstance(leaf, GraphQLEnumType):
        return Ready(leaf, frozenset(), names=_names(leaf))
    for built_in, kind, check, shape in _BUILT_IN:
        if leaf.coerce_output_value == built_in.coerce_output_value:
            return Ready(leaf, frozenset({kind}), check, shape=shape)
    types = frozenset(kind for kind, samples in _PROBES.items() if _prints_alike(leaf, samples))
    return Ready(leaf, types, _in_utc if datetime in types else None)


def _names(leaf: GraphQLEnumType) -> dict[int, str]:
    """Map the identity of each Python enum member to its name; members live as long as the schema."""
    wrapped = getattr(leaf, "wrapped_cls", None)
    members = list(wrapped) if isinstance(wrapped, type(Enum)) else [value.value for value in leaf.values.values()]
    return {id(member): leaf.coerce_output_value(member) for member in members if isinstance(member, Enum)}


def _prints_alike(leaf: GraphQLScalarType, samples: Sequence[Any]) -> bool:
    try:
        return all(
            msgspec.json.encode(leaf.coerce_output_value(sample)) == msgspec.json.encode(sample) for sample in samples
        )
    except Exception:  # noqa: BLE001 - a serialiser of other things may raise anything
        return False


def _present(values: Sequence[Any]) -> Sequence[Any]:
    return [value for value in values if value is not None]


def _in_32_bits(values: Sequence[Any], types: int) -> bool:
    present = values if types == 1 else _present(values)
    return not present or present[0] is None or (min(present) >= GRAPHQL_MIN_INT and max(present) <= GRAPHQL_MAX_INT)


def _finite(values: Sequence[Any], types: int) -> bool:
    present = values if types == 1 else _present(values)
    return not present or present[0] is None or isfinite(sum(present)) or all(map(isfinite, present))


def _in_utc(values: Sequence[Any], types: int) -> bool:
    if types > 1 or type(values[0]) is not datetime:
        values = [value for value in values if type(value) is datetime]
    return all(map(is_, map(_zone, values), repeat(UTC)))


_BUILT_IN: list[tuple[GraphQLScalarType, type, Check | None, Any]] = [
    (GraphQLString, str, None, str),
    (GraphQLID, str, None, str),
    (GraphQLBoolean, bool, None, bool),
    (GraphQLInt, int, _in_32_bits, Annotated[int, msgspec.Meta(ge=GRAPHQL_MIN_INT, le=GRAPHQL_MAX_INT)]),
    (GraphQLFloat, float, _finite, Annotated[float, msgspec.Meta(ge=-_EXACT, le=_EXACT)]),
]
