"""The base loader: keys asked for in one turn of the event loop become one batch, one SQL statement per segment.

A key splits into a *segment* (what many keys share: window, filter, page) and a *param* (what differs: the symbol).
A column of params is asked for at once and answered at once, with failures as items; a single key gets a future of its
own over aiodataloader's. Either way every waiter is settled whatever ends the batch, failures are forgotten, the
segments that run at once are bounded, and batches end with their operation.
"""

import asyncio
from collections.abc import Awaitable, Hashable, Mapping, Sequence
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from aiodataloader import DataLoader

from loaders.batch import Batch, SegmentState, holds_failure, joined, settle
from ops.operation_record import BatchRecord
from storage.cache.policy import RowPolicy

if TYPE_CHECKING:
    from loaders.context import RequestContext

Key = TypeVar("Key", bound=Hashable)
Segment = TypeVar("Segment", bound=Hashable)
Param = TypeVar("Param", bound=Hashable)
Value = TypeVar("Value")


class Loader(DataLoader[Key, Value], Generic[Key, Segment, Param, Value]):
    """One question. Subclasses define `split`, `fetch` and, where a param may have no answer, `missing`."""

    statement_params: ClassVar[int] = 1_000
    """Params of one statement at most. The parent's `max_batch_size` would cut through segments, and multiply them."""
    cached: ClassVar[RowPolicy | None] = None
    """How answers are kept beyond the operation, and what they are made of."""
    takes_lane: ClassVar[bool] = True
    """False where `fetch` awaits other loaders: it would hold the lane that they wait for."""

    def __init__(self, context: "RequestContext") -> None:
        self.context = context
        self.loop = context.loop
        self._states: dict[Segment, SegmentState[Segment, Param, Value]] = {}
        self._gathering: Batch[Segment, Param, Value] | None = None
        self._single_keys = False
        self._queued: asyncio.Future[None] | None = None

    @staticmethod
    def split(key: Key) -> tuple[Segment, Param]:
        """Part a key into what it shares with others and what is its own."""
        raise TypeError(f"the loader of {key!r} does not say how a key splits")

    async def fetch(self, segment: Segment, params: list[Param]) -> Mapping[Param, Value | Exception]:
        """Answer one segment's distinct params; an exception as value fails that param alone."""
        raise TypeError(f"the loader of {segment!r} and {params!r} does not say how to fetch")

    def missing(self) -> Value | Exception:
        """Answer for a param that `fetch` left out."""
        return LookupError(f"{type(self).__name__} left a key unanswered")

    def load(self, key: Key) -> asyncio.Future[Value]:
        """Ask for a key. The future is the caller's own: cancelling it disturbs no other waiter."""
        if not self._single_keys:
            self._single_keys = True
            super().__init__(loop=self.loop)
        shared = self.context.variables.run(super().load, key)
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
        if self.cached is not None and self.context.rows is not None and not state.flights:
            self._recall(self.cached, segment, params, state)
        known, flights = state.known, state.flights
        if not known and not flights:
            return self._gather(segment, params)
        if len(known) >= len(params):
            try:
                return list(map(known.__getitem__, params))
            except KeyError:
                pass  # some of them are known
        unknown = [param for param in params if param not in known]
        parts = []
        for flight in flights:
            answers = flight.pieces[segment]
            if some := [param for param in unknown if param in answers]:
                parts.append((some, flight.column(segment, some, self.loop)))
                unknown = [param for param in unknown if param not in answers]
        if unknown:
            parts.append((unknown, self._gather(segment, unknown)))
        return joined(params, known, parts, self.loop)

    def _recall(
        self, policy: RowPolicy, segment: Segment, params: Sequence[Param], state: SegmentState[Segment, Param, Value]
    ) -> None:
        """Take what the process remembers of params that the operation does not know yet."""
        context = self.context
        if context.rows is not None and not context.afresh:
            wanted = [param for param in params if param not in state.known] if state.known else params
            if wanted and (found := context.rows.recall(policy, segment, wanted)):
                context.note(policy, segment, tuple(found))
                state.known = {**state.known, **found} if state.known else found

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
        column = self.load_column(keys)
        if queued is not None and not queued.done():
            queued.set_result(None)
        values = await column
        for key, value in zip(keys, values, strict=True):
            if isinstance(value, Exception):
                self.clear(key)
        return values  # type: ignore[return-value]  # aiodataloader takes exceptions as values

    def _gather(self, segment: Segment, params: Sequence[Param]) -> asyncio.Future[list[Value | Exception]]:
        batch = self._gathering
        if batch is not None:
            return batch.ask(segment, params, self.loop)
        batch = self._gathering = Batch()
        column = batch.ask(segment, params, self.loop)
        self.context.start(self._run, batch, self._land)  # in the next turn: till then it gathers
        return column

    async def _run(self, batch: Batch[Segment, Param, Value]) -> None:
        """Run one batch, a statement per segment, each failing for its own params only."""
        if self._queued is not None:
            await self._queued
        self._gathering = None
        keys = 0
        for segment, answers in batch.pieces.items():
            self._states[segment].flights.append(batch)
            keys += len(answers)
        number = self.context.batches_begun
        self.context.batches_begun += 1
        started = perf_counter()
        if len(batch.pieces) == 1 and 0 < keys <= self.statement_params:
            statements = 1
            await self._answer(answers, segment, list(answers))
        else:
            pieces = batch.cut(self.statement_params)
            statements = len(pieces)
            async with asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(self._answer(*piece)) for piece in pieces]
            for task in running:
                task.result()  # a task that was cancelled by itself passes the group unnoticed
        self.context.ledger.append(
            BatchRecord(number, type(self).__name__, keys, statements, started, perf_counter() - started)
        )
        self._land(batch)

    async def _answer(self, answers: dict[Param, Value | Exception], segment: Segment, params: list[Param]) -> None:
        try:
            context = self.context
            if self.cached is not None and context.notes:
                context.note(self.cached, segment, params)
            if self.cached is None or context.rows is None:
                found = await self._read(segment, params)
            else:
                read = partial(self._complete, segment)
                found = await context.rows.fetch(self.cached, segment, params, read, context.marks)
            for param in params:
                answers[param] = found[param] if param in found else self.missing()
        except Exception as failure:  # noqa: BLE001 - handed to every param of the statement
            answers.update(dict.fromkeys(params, failure))

    async def _read(self, segment: Segment, params: list[Param]) -> Mapping[Param, Value | Exception]:
        if not self.takes_lane:
            return await self.fetch(segment, params)
        lanes = self.context.lanes
        if lanes.free:
            lanes.free -= 1
        else:
            await lanes.turn()
        try:
            return await self.fetch(segment, params)
        finally:
            lanes.leave()

    async def _complete(self, segment: Segment, params: list[Param]) -> dict[Param, Value | Exception]:
        """Read params, and say of those without an answer what that means, for that is kept as well."""
        found = await self._read(segment, params)
        return {param: found[param] if param in found else self.missing() for param in params}

    def _land(self, batch: Batch[Segment, Param, Value], stop: Exception | None = None) -> None:
        """Keep what a batch brought, but no failure, and settle all who wait for it; a second call changes nothing."""
        if batch.landed:
            return
        if self._gathering is batch:
            self._gathering = None
        batch.land(stop)
        for segment, answers in batch.pieces.items():
            state = self._states[segment]
            if batch in state.flights:
                state.flights.remove(batch)
            brought: dict[Param, Any] = answers
            if holds_failure(answers.values()):
                brought = {param: answer for param, answer in answers.items() if not isinstance(answer, Exception)}
            state.known = {**state.known, **brought} if state.known else brought
