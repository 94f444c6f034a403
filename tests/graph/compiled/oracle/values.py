"""Leaf values as resolvers return them: sound ones, and those that no type promises.

Each maker returns a fresh value, so that both executors meet the same thing in the same state.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

from graphql import GraphQLError

from ops.errors import Unavailable

Maker = Callable[[], Any]


class Colour(Enum):
    """The enum of the schema: its values are not its names."""

    RED = "r"
    GREEN = 2
    BLUE = None


class Number(IntEnum):
    """Another enum, whose members are whole numbers."""

    ONE = 1


class Text(str):
    """A subclass of str, as some libraries return."""

    __slots__ = ()


class Sulky:
    """An object that refuses to be compared, hashed or taken for true."""

    def __eq__(self, other: object) -> bool:
        raise ArithmeticError("not to be compared")

    def __hash__(self) -> int:
        raise ArithmeticError("not to be hashed")

    def __bool__(self) -> bool:
        raise ArithmeticError("neither true nor false")

    def __repr__(self) -> str:
        return "<Sulky>"


class Speaking:
    """An object with a text of its own."""

    def __repr__(self) -> str:
        return "<Speaking>"

    def __str__(self) -> str:
        return "spoken"


class Whole:
    """An object that counts as a whole number for Python."""

    def __index__(self) -> int:
        return 3

    def __int__(self) -> int:
        return 3

    def __repr__(self) -> str:
        return "<Whole>"


def _given(value: Any) -> Any:
    return value


def _each(*values: Any) -> tuple[Maker, ...]:
    """Return a maker for each value that cannot change."""
    return tuple(partial(_given, value) for value in values)


INSTANT = datetime(2026, 3, 6, 17, 23, 40, 120, tzinfo=UTC)
_EAST = timezone(timedelta(hours=5, minutes=30))
_ODD_ZONE = timezone(timedelta(hours=-3, seconds=-7))

SOUND: Mapping[str, tuple[Maker, ...]] = {
    "Int": _each(0, 1, -7, 2**31 - 1, -(2**31)),
    "Float": _each(0.0, -0.0, 1.5, 1e300, 5, 0.1, 1e-7, 1e16, 123456789.125),
    "String": _each("", "plain", "ünï ☃ 😀", 'quo"te\\', "a\nb\t\x00\x1f\x7f", "</script>\u2028", "{0} %s {{}}"),
    "Boolean": (lambda: True, lambda: False),
    "ID": _each("id-1", "", "7", 7, -1),
    "DateTime": (
        lambda: INSTANT,
        lambda: INSTANT.replace(microsecond=0),
        lambda: datetime(1, 1, 1, tzinfo=UTC),
        lambda: INSTANT.astimezone(_EAST),
    ),
    "Date": (lambda: date(2026, 1, 31), lambda: date(1, 1, 1)),
    "Time": (lambda: time(1, 2, 3), lambda: time(23, 59, 59, 999_999)),
    "Decimal": (lambda: Decimal("1.50"), lambda: Decimal("-1E+3"), lambda: Decimal(0)),
    "UUID": (lambda: UUID(int=5),),
    "Colour": (lambda: Colour.RED, lambda: Colour.GREEN, lambda: Colour.BLUE),
    "BigInt": _each(0, -1, 2**53 + 1, -(2**63), 2**64 - 1),
    "JSON": (lambda: {"a": [1, None, {"b": "c"}]}, list, lambda: "text", lambda: 1.5),
}
"""What each type promises."""

_ANY: tuple[Any, ...] = (0, 1, True, False, 1.0, 1.5, -0.0, "", "1", "x", "RED", "r", 2, Colour.RED, Number.ONE)

ODD: tuple[Maker, ...] = (
    lambda: None,
    lambda: None,
    lambda: None,
    *_each(*_ANY),
    lambda: 2**31,
    lambda: -(2**31) - 1,
    lambda: 2**70,
    lambda: 10**400,
    lambda: float("nan"),
    lambda: float("inf"),
    lambda: float("-inf"),
    lambda: Decimal(3),
    lambda: Decimal("NaN"),
    lambda: Fraction(1, 3),
    lambda: b"bytes",
    lambda: Text("subclass"),
    lambda: "\ud800 alone",
    lambda: "2026-03-06T17:23:40Z",
    lambda: "2026-03-06",
    lambda: "00000000-0000-0000-0000-000000000005",
    lambda: datetime(2026, 3, 6, 17, 23),  # noqa: DTZ001 - naive on purpose
    lambda: datetime(2026, 3, 6, tzinfo=_ODD_ZONE),
    lambda: date(2026, 3, 6),
    list,
    lambda: ["x"],
    dict,
    lambda: {"name": "of a dict", "key": 3},
    lambda: {"x"},
    lambda: (),
    Sulky,
    Speaking,
    Whole,
    lambda: Exception("returned"),
    lambda: GraphQLError("returned by the name of GraphQL"),
    lambda: Unavailable("returned as public"),
    lambda: _raise(ValueError("raised")),
    lambda: _raise(KeyError("raised")),
    lambda: _raise(Unavailable("raised as public")),
    lambda: _raise(GraphQLError("raised by the name of GraphQL")),
    lambda: _raise(GraphQLError("raised with a place", path=["else", "where"])),
    lambda: _raise(Exception()),
    lambda: _raise(StopIteration("raised")),
    lambda: _raise(StopAsyncIteration("raised")),
    lambda: _raise(ExceptionGroup("raised", [ValueError("inside")])),
    lambda: _raise(GraphQLError("raised with extensions", extensions={"code": "ODD"})),
    lambda: _raise(RecursionError("raised")),
)
"""What any type may get all the same."""


def _raise(error: Exception) -> Any:
    raise error
