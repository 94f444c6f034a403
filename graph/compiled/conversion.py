"""Attribute-only selections in one C call: msgspec reads the attributes, checks their types and builds the Structs.

Python is asked again where msgspec refuses: then each value is completed as graphql-core would.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from graph.compiled.facts import ITERABLE, MAPPING, UNEVEN, UNSURE
from graph.compiled.leaf import LeafCompleter
from graph.compiled.run import Run

_NATIVE = (bytes, bytearray, datetime, date, time, timedelta, UUID, Decimal)
"""Types that msgspec is not to make of texts, nor texts of them."""

_FEW = 3
"""Up to so many parents, reading column by column is as quick."""


class Conversion:
    """Makes the Structs of parents whose selection is attributes with leaf values only."""

    __slots__ = ("_checked", "_type")

    def __init__(self, output: type[msgspec.Struct], checked: list[tuple[str, LeafCompleter]]) -> None:
        self._type = list[output]  # type: ignore[valid-type]  # a type made at run time
        self._checked = checked

    def convert(self, parents: Sequence[Any], run: Run) -> list[Any] | None:
        """Return the Structs, or None where the parents or a value are not plain enough."""
        if len(parents) <= _FEW or run.facts.of(parents) & (UNEVEN | UNSURE | MAPPING | ITERABLE):
            return None
        try:
            structs: list[Any] = msgspec.convert(parents, self._type, from_attributes=True, builtin_types=_NATIVE)
        except Exception:  # noqa: BLE001 - whatever a property raised is met again, at its own path
            return None
        for name, completer in self._checked:
            values = [getattr(struct, name) for struct in structs]
            completed = completer.at_once(values)
            if completed is None:
                return None
            if completed is not values:
                for struct, value in zip(structs, completed, strict=True):
                    setattr(struct, name, value)
        return structs
