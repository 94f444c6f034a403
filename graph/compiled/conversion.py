"""Attribute-only selections in one C call: msgspec reads the attributes, checks their types and builds the Structs.

Python is asked again where msgspec refuses: then each value is completed as graphql-core would.
"""

from collections import deque
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import repeat
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec

from graph.compiled.facts import ITERABLE, MAPPING, UNEVEN, UNSURE
from graph.compiled.leaf import LeafCompleter

_NATIVE = (bytes, bytearray, datetime, date, time, timedelta, UUID, Decimal)
"""Types that msgspec is not to make of texts, nor texts of them."""

_ODD = UNEVEN | UNSURE | MAPPING | ITERABLE


class Conversion:
    """Makes the Structs of parents whose selection is attributes with leaf values only."""

    __slots__ = ("_checked", "_type")

    def __init__(self, output: type[msgspec.Struct], checked: list[tuple[str, LeafCompleter]]) -> None:
        self._type = list[output]  # type: ignore[valid-type]  # a type made at run time
        self._checked = [(name, attrgetter(name), completer) for name, completer in checked]

    def convert(self, parents: Sequence[Any], flags: int) -> list[Any] | None:
        """Return the Structs, or None where the parents (`flags` are of their types) or a value are not plain."""
        if flags & _ODD:
            return None
        try:
            structs: list[Any] = msgspec.convert(parents, self._type, from_attributes=True, builtin_types=_NATIVE)
        except Exception:  # noqa: BLE001 - whatever a property raised is met again, at its own path
            return None
        for name, read, completer in self._checked:
            values = list(map(read, structs))
            completed = completer.at_once(values)
            if completed is None:
                return None
            if completed is not values:
                deque(map(setattr, structs, repeat(name), completed), maxlen=0)  # a loop, in C
        return structs
