"""The base loader: keys asked for in one turn of the event loop become one batch, one SQL statement per segment.

A key splits into a *segment* (what many keys share: window, filter, page) and a *param* (what differs: the symbol).
On top of aiodataloader it gives each waiter a future of its own, settles every waiter whatever ends the batch,
forgets failures, bounds the segments that run at once, and leaves its tasks where the operation can end them.
"""

import asyncio
from collections import Counter
from collections.abc import Hashable, Mapping
from contextlib import nullcontext
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from aiodataloader import DataLoader

from loaders.ledger import BatchRecord
from ops.errors import Unavailable

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
    takes_lane: ClassVar[bool] = True
    """False where `fetch` awaits other loaders: it would hold the lane that they wait for."""

    def __init__(self, context: "RequestContext") -> None:
        super().__init__()
        self.context = context

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
        shared = self.context.variables.run(super().load, key)
        waiter: asyncio.Future[Value] = self.loop.create_future()
        if shared.done():
            _settle(waiter, shared)
        else:
            shared.add_done_callback(partial(_settle, waiter))
        return waiter

    async def batch_load_fn(self, keys: list[Key]) -> list[Value]:
        """Run one batch, a statement per segment, each failing for its own keys only."""
        started = perf_counter()
        pieces: dict[tuple[Segment, int], list[Param]] = {}
        places: list[tuple[tuple[Segment, int], Param]] = []
        params_of: Counter[Segment] = Counter()
        for segment, param in map(self.split, keys):
            piece = (segment, params_of[segment] // self.statement_params)
            params_of[segment] += 1
            pieces.setdefault(piece, []).append(param)
            places.append((piece, param))
        try:
            with self.context.holding_task():
                answers = await self._answers(pieces)
        except BaseException as end:
            # aiodataloader settles its futures on Exception only; a cancelled batch would hang every waiter.
            self._abandon(keys, end)
            raise
        values = [self._value(answers[piece], param) for piece, param in places]
        for key, value in zip(keys, values, strict=True):
            if isinstance(value, Exception):
                self.clear(key)
        elapsed = (perf_counter() - started) * 1_000
        self.context.ledger.append(BatchRecord(type(self).__name__, len(keys), len(pieces), elapsed))
        return values  # type: ignore[return-value]  # aiodataloader takes exceptions as values

    async def _answers(
        self, pieces: dict[tuple[Segment, int], list[Param]]
    ) -> dict[tuple[Segment, int], Mapping[Param, Value] | Exception]:
        if len(pieces) == 1:
            ((piece, params),) = pieces.items()
            return {piece: await self._guarded(piece[0], params)}
        async with asyncio.TaskGroup() as tasks:
            running = {piece: tasks.create_task(self._guarded(piece[0], params)) for piece, params in pieces.items()}
        return {piece: task.result() for piece, task in running.items()}

    async def _guarded(self, segment: Segment, params: list[Param]) -> Mapping[Param, Value] | Exception:
        try:
            async with self.context.lanes if self.takes_lane else nullcontext():
                return await self.fetch(segment, params)  # type: ignore[return-value]  # exceptions are sorted out later
        except Exception as failure:  # noqa: BLE001 - handed to every key of the segment
            return failure

    def _value(self, answers: Mapping[Param, Value] | Exception, param: Param) -> Value | Exception:
        if isinstance(answers, Exception):
            return answers
        return answers[param] if param in answers else self.missing()

    def _abandon(self, keys: list[Key], end: BaseException) -> None:
        failure = Unavailable("The batch that would have answered was stopped.")
        failure.__cause__ = end
        for key in keys:
            shared = self._cache.pop(key, None)
            if shared is not None and not shared.done():
                shared.set_exception(failure)


class SymbolLoader(Loader[Key, tuple[Any, ...], str, Value], Generic[Key, Value]):
    """A loader whose key is a NamedTuple of the symbol and then what a segment shares, or a bare symbol."""

    @staticmethod
    def split(key: Key) -> tuple[tuple[Any, ...], str]:
        """Take the first member as param and the rest as segment."""
        if isinstance(key, str):
            return (), key
        parts: tuple[Any, ...] = tuple(key)  # type: ignore[arg-type]  # "some NamedTuple" is no bound
        return parts[1:], parts[0]


class WholeLoader(Loader[Key, Key, None, Value], Generic[Key, Value]):
    """A loader whose key is one segment by itself: a root page, a snapshot. Subclasses define `fetch_one`."""

    @staticmethod
    def split(key: Key) -> tuple[Key, None]:
        """Take all of the key as segment."""
        return key, None

    async def fetch(self, segment: Key, params: list[None]) -> Mapping[None, Value | Exception]:
        """Answer the segment's only param."""
        return dict.fromkeys(params, await self.fetch_one(segment))

    async def fetch_one(self, key: Key) -> Value:
        """Answer one key."""
        raise TypeError(f"the loader of {key!r} does not say how to fetch")


def _settle(waiter: asyncio.Future[Value], shared: asyncio.Future[Value]) -> None:
    """Copy the shared outcome; a waiter that was cancelled meanwhile stays cancelled."""
    if shared.cancelled():
        waiter.cancel()
        return
    failure = shared.exception()
    if waiter.done():
        return
    if failure is not None:
        waiter.set_exception(failure)
        waiter.exception()  # marks it as seen: a row that was given up meanwhile is nothing for asyncio to report
    else:
        waiter.set_result(shared.result())
