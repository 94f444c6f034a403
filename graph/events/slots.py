"""What waits for one consumer, bounded: of states the newest per topic, of a log so many entries and then a gap."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from typing import Generic, TypeVar

from graph.events.counts import StreamCounts
from resolvers.updates import Gap, Notice

T = TypeVar("T")


class Slots(ABC, Generic[T]):
    """Filled without waiting, emptied by one consumer. A notice in place of an item tells what was dropped.

    What is dropped, or replaced before it was taken, is counted as coalesced.
    """

    __slots__ = ("_counts", "_waiter")

    def __init__(self, counts: StreamCounts | None = None) -> None:
        self._counts = counts or StreamCounts()
        self._waiter: asyncio.Future[None] | None = None

    async def next(self) -> T | Notice:
        """Take what has waited longest, or wait. Being cancelled loses nothing."""
        while (item := self._take()) is None:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return item

    def put(self, notice: Notice, item: T) -> None:
        """Add an item that answers a notice."""
        self._put(notice, item)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    @abstractmethod
    def _take(self) -> T | Notice | None: ...

    @abstractmethod
    def _put(self, notice: Notice, item: T) -> None: ...


class LatestSlots(Slots[T]):
    """One slot per topic: the newest item takes the place of the one before, and its turn."""

    __slots__ = ("_items",)

    def __init__(self, counts: StreamCounts | None = None) -> None:
        super().__init__(counts)
        self._items: dict[str, T] = {}

    def _take(self) -> T | None:
        return self._items.pop(next(iter(self._items))) if self._items else None

    def _put(self, notice: Notice, item: T) -> None:
        self._counts.coalesced += notice.topic in self._items
        self._items[notice.topic] = item


class LogSlots(Slots[T]):
    """So many slots in order. One more, and what comes is dropped until all are empty: then one gap, then news."""

    __slots__ = ("_capacity", "_items", "_overflow")

    def __init__(self, capacity: int, counts: StreamCounts | None = None) -> None:
        super().__init__(counts)
        self._capacity = capacity
        self._items: deque[T] | None = None
        self._overflow: Notice | None = None

    def _take(self) -> T | Notice | None:
        if self._items:
            item = self._items.popleft()
            if not self._items:
                self._items = (
                    None  # an empty deque keeps a block of 64 slots, and most subscribers wait most of the time
                )
            return item
        overflow, self._overflow = self._overflow, None
        return overflow

    def _put(self, notice: Notice, item: T) -> None:
        if self._overflow is not None or (self._items is not None and len(self._items) >= self._capacity):
            self._overflow = _wider(self._overflow, notice)
            self._counts.coalesced += 1
        elif self._items is None:
            self._items = deque((item,))
        else:
            self._items.append(item)


def _wider(overflow: Notice | None, notice: Notice) -> Notice:
    """Return an overflow that covers one notice more; a gap counts as what it covers."""
    own = notice.gap or Gap(notice.position.at, notice.position.at, 1)
    gap = own if overflow is None or overflow.gap is None else overflow.gap.wider(own.end, own.dropped)
    return Notice(notice.position, "", gap=gap)
