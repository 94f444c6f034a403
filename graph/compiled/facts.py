"""What a Python type says of its values, decided once per type: a column is judged by the set of its types."""

from collections.abc import Iterable, Mapping, Sequence
from types import CoroutineType, GeneratorType
from typing import Any

from graphql.pyutils import Undefined
from strawberry.execution import optimized_is_awaitable

from graph.compiled.failure import Failure

NULL, FAILURE, EXCEPTION, AWAITABLE = 1, 2, 4, 8
ARRAY, ITERABLE, STREAM, UNSURE, MAPPING, OTHER = 16, 32, 64, 128, 256, 512
UNEVEN = NULL | FAILURE | EXCEPTION | AWAITABLE | UNSURE
"""Values of such types are not to be handed on as they are."""

_MOST = 10_000
_NO_LISTS = (bytearray, bytes, str, memoryview, Mapping)


class TypeFacts(dict[type, int]):
    """Flags by Python type."""

    def __missing__(self, kind: type) -> int:
        if len(self) >= _MOST:
            self.clear()
        flags = self[kind] = _classify(kind)
        return flags

    def of(self, values: Sequence[Any]) -> int:
        """Return the flags of all values together."""
        flags = 0
        for kind in set(map(type, values)):
            flags |= self[kind]
        if flags & UNSURE and any(map(self.is_awaitable, values)):
            flags |= AWAITABLE
        return flags

    def is_awaitable(self, value: Any) -> bool:
        """Tell whether graphql-core would await the value."""
        flags = self[type(value)]
        if flags & UNSURE:
            return optimized_is_awaitable(value)
        return bool(flags & AWAITABLE)


def _classify(kind: type) -> int:
    if kind is type(None) or kind is type(Undefined):
        return NULL
    if kind is Failure:
        return FAILURE
    if issubclass(kind, Exception):
        return EXCEPTION
    return _waits(kind) | _holds(kind)


def _waits(kind: type) -> int:
    if issubclass(kind, CoroutineType) or hasattr(kind, "__await__"):
        return AWAITABLE
    # An attribute of the instance, or a flag of the generator's code, may make it awaitable.
    lazy = hasattr(kind, "__getattr__") or kind.__getattribute__ is not object.__getattribute__
    if issubclass(kind, GeneratorType) or (lazy and not _native(kind)):
        return UNSURE
    return 0


def _native(kind: type) -> bool:
    return kind.__module__ in {"builtins", "datetime", "decimal", "uuid"} or issubclass(kind, type)


def _holds(kind: type) -> int:
    if hasattr(kind, "__aiter__"):
        return STREAM
    if issubclass(kind, Mapping):
        return MAPPING
    if issubclass(kind, _NO_LISTS) or not issubclass(kind, Iterable):
        return OTHER
    if issubclass(kind, list | tuple) and kind.__iter__ in {list.__iter__, tuple.__iter__}:
        return ARRAY
    return ITERABLE
