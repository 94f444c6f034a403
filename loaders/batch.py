"""What a loader keeps of each segment, the batch that is being gathered, and the columns that wait for it.

A batch fills one dictionary per segment, which all of its columns read: nothing is made per key.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from loaders.asking import ASKING

Segment = TypeVar("Segment")
Param = TypeVar("Param")
Value = TypeVar("Value")

UNANSWERED: Any = object()
"""Stands for the answers that a batch has not brought yet."""


class Batch(Generic[Segment, Param, Value]):
    """Params by segment, distinct and in the order of asking, with their answers once it has landed.

    `asked` counts params as often as they were asked for, `memory_hits` those that were asked for with them and known
    to the process; `fields` are the paths of the fields that asked, in their order.
    """

    __slots__ = ("_columns", "asked", "fields", "landed", "memory_hits", "pieces")

    def __init__(self) -> None:
        self.pieces: dict[Segment, dict[Param, Value | Exception]] = {}
        self.landed = False
        self.asked = 0
        self.memory_hits = 0
        self.fields: dict[str, None] = {}
        self._columns: list[
            tuple[asyncio.Future[list[Value | Exception]], dict[Param, Value | Exception], Sequence[Param]]
        ] = []

    def ask(
        self, segment: Segment, params: Sequence[Param], loop: asyncio.AbstractEventLoop
    ) -> asyncio.Future[list[Value | Exception]]:
        """Ask for more while it gathers, and return a future of the answers."""
        asked: dict[Param, Value | Exception] = dict.fromkeys(params, UNANSWERED)
        known = self.pieces.setdefault(segment, asked)
        if known is not asked:
            known.update(asked)
        return self._wait(known, params, loop)

    def cut(self, most: int) -> list[tuple[dict[Param, Value | Exception], Segment, list[Param]]]:
        """Return what each statement has to answer: one segment's params, `most` at a time."""
        pieces: list[tuple[dict[Param, Value | Exception], Segment, list[Param]]] = []
        for segment, answers in self.pieces.items():
            params = list(answers)
            starts = range(0, len(params), most)
            pieces.extend((answers, segment, params[start : start + most]) for start in starts)
        return pieces

    def column(
        self, segment: Segment, params: Sequence[Param], loop: asyncio.AbstractEventLoop
    ) -> asyncio.Future[list[Value | Exception]]:
        """Return a future of the answers to some of its params; cancelling it disturbs no other."""
        return self._wait(self.pieces[segment], params, loop)

    def _wait(
        self, answers: dict[Param, Value | Exception], params: Sequence[Param], loop: asyncio.AbstractEventLoop
    ) -> asyncio.Future[list[Value | Exception]]:
        self.asked += len(params)
        for path in ASKING.get():
            self.fields[path] = None
        waiter: asyncio.Future[list[Value | Exception]] = loop.create_future()
        self._columns.append((waiter, answers, params))
        return waiter

    def land(self, stop: Exception | None = None) -> None:
        """Settle every column. What has no answer by now was stopped: it fails with `stop`."""
        if self.landed:
            return
        self.landed = True
        if stop is not None:
            for answers in self.pieces.values():
                answers.update(dict.fromkeys([one for one, answer in answers.items() if answer is UNANSWERED], stop))
        for waiter, answers, params in self._columns:
            if not waiter.done():  # it was not given up meanwhile
                waiter.set_result(list(map(answers.__getitem__, params)))


class SegmentState(Generic[Segment, Param, Value]):
    """One segment's answers so far, and the batches under way that bring more."""

    __slots__ = ("flights", "known")

    def __init__(self) -> None:
        self.known: dict[Param, Value] = {}
        self.flights: list[Batch[Segment, Param, Value]] = []


def joined(
    params: Sequence[Param],
    known: Mapping[Param, Value],
    parts: Sequence[tuple[Sequence[Param], asyncio.Future[list[Value | Exception]]]],
    loop: asyncio.AbstractEventLoop,
) -> asyncio.Future[list[Value | Exception]]:
    """Return a future of a column whose answers are partly known and partly come in several columns."""
    whole: asyncio.Future[list[Value | Exception]] = loop.create_future()
    answers: dict[Param, Value | Exception] = {param: known[param] for param in params if param in known}
    left = len(parts)

    def arrived(some: Sequence[Param], part: asyncio.Future[list[Value | Exception]]) -> None:
        nonlocal left
        answers.update(zip(some, part.result(), strict=True))
        left -= 1
        if not left:
            _answer(whole, answers, params)

    for some, part in parts:
        part.add_done_callback(partial(arrived, some))
    if not parts:
        _answer(whole, answers, params)
    return whole


def holds_failure(answers: Iterable[object]) -> bool:
    """Tell whether an answer is an exception, by the types of all: there are one or two."""
    for kind in set(map(type, answers)):  # noqa: SIM110 - a generator costs more than the rest
        if issubclass(kind, Exception):
            return True
    return False


def _answer(
    waiter: asyncio.Future[list[Value | Exception]],
    answers: Mapping[Param, Value | Exception],
    params: Sequence[Param],
) -> None:
    """Hand a column its answers, unless it was given up meanwhile."""
    if not waiter.done():
        waiter.set_result([answers[param] for param in params])


def settle(waiter: asyncio.Future[Value], shared: asyncio.Future[Value]) -> None:
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
