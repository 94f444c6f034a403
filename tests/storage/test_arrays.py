"""Arrays read as they are sent equal what the driver makes of the same arrays."""

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import inf
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.arrays import floats, instants, integers, sent
from storage.session import Session

Read = Callable[[bytes], Sequence[Any]]

examples = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_AWARE = st.datetimes(max_value=datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone
_LISTS = st.one_of(
    st.tuples(st.just("float8"), st.just(floats), st.lists(st.floats(allow_nan=False), min_size=1)),
    st.tuples(st.just("bigint"), st.just(integers), st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1)),
    st.tuples(st.just("timestamptz"), st.just(instants), st.lists(_AWARE, min_size=1)),
)


async def _sent(session: Session, kind: str, items: Sequence[Any]) -> bytes:
    sql = f"SELECT {sent('array_agg(item)')} FROM unnest($1::{kind}[]) AS item"  # noqa: S608 - constants of this file
    row = await session.fetchrow("array", sql, items)
    assert row is not None
    data: bytes = row[0]
    return data


@examples
@given(_LISTS)
async def test_what_was_sent_is_what_is_read(session: Session, case: tuple[str, Read, list[Any]]) -> None:
    """Numbers and instants come back exact, in order, and instants in UTC itself."""
    kind, read, items = case
    found = read(await _sent(session, kind, items))
    assert list(found) == items
    assert all(item.tzinfo is UTC for item in found if isinstance(item, datetime))


@pytest.mark.parametrize(
    ("kind", "read", "item"), [("float8", floats, 1.5), ("bigint", integers, 7), ("timestamptz", instants, None)]
)
async def test_a_null_is_refused(session: Session, kind: str, read: Read, item: object) -> None:
    """No item is taken for another, wherever the null stands."""
    for items in ([None], [item, None], [None, item]):
        with pytest.raises(struct.error):
            read(await _sent(session, kind, items))


async def test_an_infinite_instant_is_refused(session: Session) -> None:
    """A timestamp that no datetime can hold is an error, and infinite floats are floats."""
    row = await session.fetchrow("array", f"SELECT {sent('ARRAY[$1::text::timestamptz]')}", "infinity")
    assert row is not None
    with pytest.raises(OverflowError):
        instants(row[0])
    assert list(floats(await _sent(session, "float8", [inf, -inf]))) == [inf, -inf]


def test_an_empty_array_is_refused() -> None:
    """The server sends three words of it, which name no number of items."""
    with pytest.raises(struct.error):
        floats(struct.pack(">3i", 0, 0, 701))
