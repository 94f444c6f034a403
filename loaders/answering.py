"""How a loader answers its batches: a statement per segment, each failing for its own params only.

Every batch leaves a record in the operation's ledger, also one that is stopped.
"""

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from loaders.asking import ASKING
from loaders.batch import Batch, SegmentState, holds_failure
from ops.operation_record import BATCH_AT_WORK, BatchAtWork, BatchRecord
from storage.cache.policy import RowPolicy

if TYPE_CHECKING:
    from loaders.context import RequestContext

Segment = TypeVar("Segment", bound=Hashable)
Param = TypeVar("Param", bound=Hashable)
Value = TypeVar("Value")


class Answering(Generic[Segment, Param, Value]):
    """The lower half of a loader, which gathers what the upper half asks for, and runs it."""

    statement_params: ClassVar[int] = 1_000
    """Params of one statement at most. The parent's `max_batch_size` would cut through segments, and multiply them."""
    cached: ClassVar[RowPolicy | None] = None
    """How answers are kept beyond the operation, and what they are made of."""
    takes_lane: ClassVar[bool] = True
    """False where `fetch` awaits other loaders: it would hold the lane that they wait for."""

    context: "RequestContext"
    loop: asyncio.AbstractEventLoop
    _states: dict[Segment, SegmentState[Segment, Param, Value]]
    _gathering: Batch[Segment, Param, Value] | None
    _queued: asyncio.Future[None] | None

    async def fetch(self, segment: Segment, params: list[Param]) -> Mapping[Param, Value | Exception]:
        """Answer one segment's distinct params; an exception as value fails that param alone."""
        raise TypeError(f"the loader of {segment!r} and {params!r} does not say how to fetch")

    def missing(self) -> Value | Exception:
        """Answer for a param that `fetch` left out."""
        return LookupError(f"{type(self).__name__} left a key unanswered")

    def _gather(
        self, segment: Segment, params: Sequence[Param], hits: int = 0
    ) -> asyncio.Future[list[Value | Exception]]:
        batch = self._gathering
        if batch is None:
            batch = self._gathering = Batch()
            column = batch.ask(segment, params, self.loop)
            self.context.start(self._run, batch, self._land)  # in the next turn: till then it gathers
        else:
            column = batch.ask(segment, params, self.loop)
        batch.memory_hits += hits
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
        at_work = self._at_work(batch)
        started = perf_counter()
        pieces = [(answers, segment, list(answers))]
        if len(batch.pieces) > 1 or not 0 < keys <= self.statement_params:
            pieces = batch.cut(self.statement_params)
        try:
            if len(pieces) == 1:
                await self._answer(*pieces[0])
            else:
                async with asyncio.TaskGroup() as tasks:
                    running = [tasks.create_task(self._answer(*piece)) for piece in pieces]
                for task in running:
                    task.result()  # a task that was cancelled by itself passes the group unnoticed
        finally:
            seconds = perf_counter() - started
            self.context.ledger.append(
                BatchRecord(
                    at_work.number,
                    type(self).__name__,
                    keys,
                    len(pieces),
                    started,
                    seconds,
                    batch.asked,
                    batch.memory_hits,
                    at_work.redis_hits,
                    tuple(batch.fields),
                )
            )
        self._land(batch)

    def _at_work(self, batch: Batch[Segment, Param, Value]) -> BatchAtWork:
        """Give the batch its number, and let those below know of it."""
        at_work = BatchAtWork(self.context.batches_begun, self.context.calls)
        self.context.batches_begun += 1
        BATCH_AT_WORK.set(at_work)
        if not self.takes_lane:
            ASKING.set(tuple(batch.fields))  # whoever asks it asks the loaders that it asks
        return at_work

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
