"""All who asked alike: one execution per event, delivered to each."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from graph.events.counts import StreamCounts
from graph.events.delivery import Delivery
from graph.events.slots import LatestSlots, LogSlots, Slots
from resolvers.updates import Notice, Updates
from storage.event_reader import BEGINNING, Position

Execute = Callable[[object], Awaitable[Delivery]]
"""Executes the selection for a root field's value, in its turn; whatever fails is in the delivery, coded."""

INBOX = 4_096
"""Notices of a log that wait to be executed: a burst of the whole process, of which each is in memory once."""

SLICE = 200
"""Members that are served before others on the event loop have their turn."""


class Member:
    """One subscriber's slots, and where the stream stood when it joined; of a log, up to `since` it has had all."""

    __slots__ = ("joined_at", "log", "since", "slots")

    def __init__(self, slots: Slots[Delivery], joined_at: Position, *, log: bool) -> None:
        self.slots = slots
        self.joined_at = joined_at
        self.since = joined_at
        self.log = log

    def receive(self, notice: Notice, delivery: Delivery) -> None:
        """Take a delivery, unless it is of the past."""
        if not self.log or notice.position > self.since:
            self.slots.put(notice, delivery)


class Group:
    """Executes in the order of notices, one at a time, as long as there are members."""

    def __init__(
        self, updates: Updates[Any], execute: Execute, capacity: int, counts: StreamCounts | None = None
    ) -> None:
        self.updates = updates
        self.members: set[Member] = set()
        self.execute = execute
        self._capacity = capacity
        self._counts = counts or StreamCounts()
        self._inbox: Slots[Notice] = self._slots(INBOX)
        self._current: dict[str, Delivery] = {}

    def join(self, position: Position | None, *, current: bool) -> Member:
        """Add a member. Of states it is given the `current` ones at once, of a log what comes after a position."""
        member = Member(self._slots(self._capacity), position or BEGINNING, log=not self.updates.latest)
        self.members.add(member)
        if self.updates.latest and current:
            for topic in self.updates.topics:
                known = self._current.get(topic)
                if known is not None and known.notice is not None:
                    member.receive(known.notice, known)
                else:
                    self.offer(Notice(member.joined_at, topic))
        return member

    def offer(self, notice: Notice) -> None:
        """Have a notice executed and delivered, or count it out when too many wait."""
        self._inbox.put(notice, notice)

    async def run(self) -> None:
        """Execute and deliver until the last member has left, should the cancel that follows be swallowed."""
        while self.members:
            notice = await self._inbox.next()
            delivery = await self.answer(notice)
            if self.updates.latest:
                self._remember(notice, delivery)
            await self._deliver(notice, delivery)
            if notice.event is not None:
                self._counts.delivered(notice.position)

    async def answer(self, notice: Notice) -> Delivery:
        """Execute one notice, when it is its turn among all groups."""
        delivery = await self.execute(self.updates.make(notice))
        delivery.notice = notice
        return delivery

    def _remember(self, notice: Notice, delivery: Delivery) -> None:
        """Keep the state for those who join later, unless it failed, or tells of a gap that they never met."""
        if delivery.codes or notice.gap is not None:
            self._current.pop(notice.topic, None)
        else:
            self._current[notice.topic] = delivery

    async def _deliver(self, notice: Notice, delivery: Delivery) -> None:
        for served, member in enumerate(tuple(self.members), 1):
            member.receive(notice, delivery)
            if served % SLICE == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(0)

    def _slots(self, capacity: int) -> Slots[Any]:
        return LatestSlots(self._counts) if self.updates.latest else LogSlots(capacity, self._counts)
