"""The base loader: keys asked for in one turn of the event loop become one batch, one SQL statement per segment.

A key splits into a *segment* (what many keys share: window, filter, page) and a *param* (what differs: the symbol).
A column of params is asked for at once and answered at once, with failures as items; a single key gets a future of its
own over aiodataloader's. Either way every waiter is settled whatever ends the batch, failures are forgotten, the
segments that run at once are bounded, and batches end with their operation.
"""

import asyncio
from collections.abc import Awaitable, Hashable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from aiodataloader import DataLoader

from loaders.answering import Answering
from loaders.asking import ASKING, Remembered
from loaders.batch import Batch, SegmentState, joined, settle
from storage.cache.policy import RowPolicy

if TYPE_CHECKING:
    from loaders.context import RequestContext

Key = TypeVar("Key", bound=Hashable)
Segment = TypeVar("Segment", bound=Hashable)
Param = TypeVar("Param", bound=Hashable)
Value = TypeVar("Value")


class Loader(Answering[Segment, Param, Value], DataLoader[Key, Value], Generic[Key, Segment, Param, Value]):
    """One question. Subclasses define `split`, `fetch` and, where a param may have no answer, `missing`."""

    def __init__(self, context: "RequestContext") -> None:
        self.context = context
        self.loop = context.loop
        self._states: dict[Segment, SegmentState[Segment, Param, Value]] = {}
        self._gathering: Batch[Segment, Param, Value] | None = None
        self._single_keys = False
        self._queued_by: dict[str, None] = {}
        self._queued_keys: dict[Key, int] = {}  # how often each was asked for
        self._queued: asyncio.Future[None] | None = None

    @staticmethod
    def split(key: Key) -> tuple[Segment, Param]:
        """Part a key into what it shares with others and what is its own."""
        raise TypeError(f"the loader of {key!r} does not say how a key splits")

    def load(self, key: Key) -> asyncio.Future[Value]:
        """Ask for a key. The future is the caller's own: cancelling it disturbs no other waiter."""
        if not self._single_keys:
            self._single_keys = True
            super().__init__(loop=self.loop)
        queued = len(self._queue)
        shared = self.context.variables.run(super().load, key)
        asks = self._queued_keys.get(key, 0)
        if asks or len(self._queue) > queued:  # else it is known, or under way, and no part of the next batch
            self._queued_keys[key] = asks + 1
            self._queued_by.update(dict.fromkeys(ASKING.get()))
        if self._queue and self._queued is None:
            self._queued = self.loop.create_future()  # columns wait for the queue's keys, to go with them
        waiter: asyncio.Future[Value] = self.loop.create_future()
        if shared.done():
            settle(waiter, shared)
        else:
            shared.add_done_callback(partial(settle, waiter))
        return waiter

    def load_column(self, keys: Sequence[Key]) -> Awaitable[list[Value | Exception]]:
        """Ask for keys; the answers come in their order, failures as items. The future is the caller's own."""
        places = [self.split(key) for key in keys]
        segments: dict[Segment, list[Param]] = {}
        for segment, param in places:
            segments.setdefault(segment, []).append(param)
        known: dict[tuple[Segment, Param], Value | Exception] = {}
        parts = []
        for segment, params in segments.items():
            column = self.load_segment(segment, params)
            some = [(segment, param) for param in params]
            if isinstance(column, list):
                known.update(zip(some, column, strict=True))
            else:
                parts.append((some, column))
        return joined(places, known, parts, self.loop)

    def load_segment(
        self, segment: Segment, params: Sequence[Param]
    ) -> list[Value | Exception] | asyncio.Future[list[Value | Exception]]:
        """Ask for params of one segment, without a key each; what is known already comes at once, as a list."""
        if (state := self._states.get(segment)) is None:
            state = self._states[segment] = SegmentState()
        hits = 0
        if self.cached is not None and self.context.rows is not None and not state.flights:
            hits = self._recall(self.cached, segment, params, state)
        known, flights = state.known, state.flights
        if not known and not flights:
            return self._gather(segment, params)
        try:
            column: list[Value | Exception] = list(map(known.__getitem__, params))
        except KeyError:
            pass  # some of them are known
        else:
            self.context.remembered.append(Remembered(type(self).__name__, len(params), hits, ASKING.get()))
            return column
        unknown = [param for param in params if param not in known]
        parts = []
        for flight in flights:
            answers = flight.pieces[segment]
            if some := [param for param in unknown if param in answers]:
                parts.append((some, flight.column(segment, some, self.loop)))
                unknown = [param for param in unknown if param not in answers]
        if unknown:
            parts.append((unknown, self._gather(segment, unknown, hits)))
        return joined(params, known, parts, self.loop)

    def _recall(
        self, policy: RowPolicy, segment: Segment, params: Sequence[Param], state: SegmentState[Segment, Param, Value]
    ) -> int:
        """Take what the process remembers of params that the operation does not know yet; return how many it did."""
        context = self.context
        if context.rows is not None and not context.afresh:
            wanted = [param for param in params if param not in state.known] if state.known else params
            if wanted and (found := context.rows.recall(policy, segment, wanted)):
                context.note(policy, segment, tuple(found))
                state.known = {**state.known, **found} if state.known else found
                context.memory_hits += len(found)
                return len(found)
        return 0

    def remember(self, segment: Segment, answers: Mapping[Param, Value]) -> None:
        """Take answers that another statement brought; what is known already stays."""
        if (state := self._states.get(segment)) is None:
            state = self._states[segment] = SegmentState()
        state.known = {**answers, **state.known} if state.known else dict(answers)

    def prime(self, key: Key, value: Value) -> Self:
        """Take an answer that something else brought; what is known already stays."""
        segment, param = self.split(key)
        self.remember(segment, {param: value})
        return self

    def clear(self, key: Key) -> Self:
        """Forget an answer."""
        if self._single_keys:
            super().clear(key)
        if self._states:
            segment, param = self.split(key)
            if segment in self._states:
                self._states[segment].known.pop(param, None)
        return self

    def clear_all(self) -> Self:
        """Forget all answers."""
        for state in self._states.values():
            state.known = {}
        return super().clear_all() if self._single_keys else self

    async def batch_load_fn(self, keys: list[Key]) -> list[Value]:
        """Answer the single keys of aiodataloader's queue, together with the columns that wait."""
        queued, self._queued = self._queued, None
        ASKING.set(tuple(self._queued_by))
        self._queued_by.clear()
        asks = sum(self._queued_keys.pop(key, 1) for key in keys)
        column = self.load_column(keys)
        if self._gathering is not None:
            self._gathering.asked += asks - len(keys)
        if queued is not None and not queued.done():
            queued.set_result(None)
        values = await column
        for key, value in zip(keys, values, strict=True):
            if isinstance(value, Exception):
                self.clear(key)
        return values  # type: ignore[return-value]  # aiodataloader takes exceptions as values
