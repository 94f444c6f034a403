"""Slots: bounded whatever comes, in order, and no loss without a count."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.events.slots import LatestSlots, LogSlots
from resolvers.updates import Gap, Notice
from storage.event_reader import Position

PUT, TAKE = "put", "take"


def notice(number: int, topic: str = "AAPL", gap: Gap | None = None) -> Notice:
    """Return a notice, known by its number."""
    return Notice(Position(number, number), topic, gap=gap)


async def test_of_a_state_the_newest_is_kept() -> None:
    """One item per topic, in the order in which topics first waited."""
    slots: LatestSlots[int] = LatestSlots()
    for number, topic in enumerate(["AAPL", "MSFT", "AAPL", "AAPL"]):
        slots.put(notice(number, topic), number)
    assert [await slots.next(), await slots.next()] == [3, 1]


async def test_a_full_log_ends_in_one_gap() -> None:
    """What came first stays, the rest is counted once with its times, and news follows the gap."""
    slots: LogSlots[int] = LogSlots(2)
    for number in range(5):
        slots.put(notice(number), number)
    assert [await slots.next(), await slots.next()] == [0, 1]
    gap = await slots.next()
    slots.put(notice(5), 5)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    times = epoch + timedelta(milliseconds=2), epoch + timedelta(milliseconds=4)
    assert gap == Notice(Position(4, 4), "", gap=Gap(*times, 3))
    assert await slots.next() == 5


async def test_a_gap_that_is_dropped_counts_as_what_it_covers() -> None:
    """A gap of unknown size makes the wider one unknown; a counted one adds up."""
    instant = datetime(2026, 1, 2, tzinfo=UTC)
    for own, dropped in ((None, None), (4, 5)):
        slots: LogSlots[int] = LogSlots(1)
        slots.put(notice(0), 0)
        slots.put(notice(1), 1)
        slots.put(notice(2, gap=Gap(instant, instant, own)), 2)
        await slots.next()
        told = await slots.next()
        assert isinstance(told, Notice)
        assert told.gap is not None
        assert (told.gap.dropped, told.gap.end) == (dropped, instant)


@given(st.lists(st.sampled_from([PUT, TAKE]), max_size=60), st.integers(1, 5))
async def test_every_item_is_taken_or_counted(steps: Sequence[str], capacity: int) -> None:
    """In whatever order a log is filled and emptied: items come in order, and gaps count exactly what lies between."""
    slots: LogSlots[int] = LogSlots(capacity)
    put, expected = 0, 0
    for step in [*steps, *[TAKE] * (len(steps) + 1)]:
        if step == PUT:
            slots.put(notice(put), put)
            put += 1
            continue
        if expected == put:
            continue
        item = await slots.next()
        if isinstance(item, Notice):
            assert item.gap is not None
            assert item.gap.dropped is not None
            expected += item.gap.dropped
        else:
            assert item == expected
            expected += 1
    assert expected == put


@pytest.mark.parametrize("slots", [LatestSlots(), LogSlots(3)])
async def test_a_cancelled_wait_loses_nothing(slots: LatestSlots[int] | LogSlots[int]) -> None:
    """An item that comes while its consumer is being cancelled is there for the next."""
    waiting = asyncio.ensure_future(slots.next())
    await asyncio.sleep(0)
    slots.put(notice(0), 0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert waiting.cancelled()
    assert await slots.next() == 0
