"""Arrays of numbers and instants as PostgreSQL sends them, read in one call where the driver decodes item by item.

The layout is that of the server's `array_send`, for one dimension (src/backend/utils/adt/arrayfuncs.c): five 32-bit
words, of which the fourth is the number of items, then each item after a word for its length. Only item types of eight
bytes are read here, at least one, and no nulls: an array with a null is shorter than its number of items says, and
refused with struct.error, as an empty one is.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from struct import Struct

_COUNT = Struct(">12xi")
_LAYOUTS = 32
"""Layouts that are remembered: most arrays of a page are as long as the page. One takes 32 bytes an item."""
_INSTANTS = 4_096
"""Instants that are remembered: candles of all symbols start at the same ones. Together they take 0.7 MB."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def sent(aggregate: str) -> str:
    """Write in SQL that an array is to come as `floats`, `integers` or `instants` take it."""
    return f"array_send({aggregate})"


def floats(data: bytes) -> Sequence[float]:
    """Read a `float8[]`."""
    return _layout("d", *_COUNT.unpack_from(data)).unpack(data)


def integers(data: bytes) -> Sequence[int]:
    """Read a `bigint[]`."""
    return _layout("q", *_COUNT.unpack_from(data)).unpack(data)


def instants(data: bytes) -> Sequence[datetime]:
    """Read a `timestamptz[]`, which is microseconds since 2000. Raise OverflowError where an item is infinite."""
    return list(map(_instant, integers(data)))


@lru_cache(_LAYOUTS)
def _layout(code: str, count: int) -> Struct:
    return Struct(">20x" + f"4x{code}" * count)


@lru_cache(_INSTANTS)
def _instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
