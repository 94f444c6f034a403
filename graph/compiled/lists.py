"""Completion of lists: all items of a column are completed together and dealt out again."""

import asyncio
from contextlib import suppress
from functools import partial
from itertools import chain
from operator import setitem
from typing import Any

from graphql import GraphQLError

from graph.compiled.completion import Column, Completer, Pending, awaited, is_pending, later, timed, waits
from graph.compiled.facts import ARRAY, ITERABLE, STREAM, UNEVEN
from graph.compiled.failure import SKIPPED, Failure
from graph.compiled.leaf import LeafCompleter
from graph.compiled.repair import Path, Position, Repair
from graph.compiled.run import Run
from graph.compiled.settling import GRACE, side_by_side
from graph.compiled.site import Site

_FASTER = 16
"""By how much a step is larger than the one before: about what a column saves, so that stopping late costs no more."""

_TURN = 100
"""Items of a stream between two turns of the loop."""


class ListCompleter(Completer):
    """A list of anything."""

    __slots__ = ("inner",)

    def __init__(self, site: Site, inner: Completer, *, required: bool) -> None:
        super().__init__(site, required=required)
        self.inner = inner
        self.stepwise = inner.stepwise
        self.final = inner.final

    def complete(self, values: Column, run: Run) -> Column | Pending:
        """Complete the items of all lists as one column."""
        flags = run.facts.of(values)
        if waits(flags):
            return later(self, values, run)
        if flags == ARRAY:
            return self._deal(values, [], [], run)
        if flags & ~UNEVEN & STREAM:
            return run.hold(self._drain(values, run))
        return self._uneven(values, run)

    def _uneven(self, values: Column, run: Run) -> Column | Pending:
        out, places = self.sort_out(values, run)
        lists = [_items(out[place], self.site, run) for place in places]
        for position, items in enumerate(lists):
            if type(items) is Failure:
                lists[position] = items.before
                out[places[position]] = items
        return self._deal(lists, out, places, run)

    def _deal(self, lists: Column, out: list[Any], places: list[int], run: Run) -> Column | Pending:
        flat = list(chain.from_iterable(lists))
        lengths = list(map(len, lists))
        if not flat:
            return _place([[] for _ in lists], out, places)
        if self.inner.required and self.inner.stepwise and len(lists) == 1:
            completed = self._stepwise(flat, run)
        else:
            completed = self.inner.complete(flat, run)
        if is_pending(completed):
            return run.hold(_deal_later(completed, lengths, out, places))  # type: ignore[arg-type]  # as it says
        return _place(_parts(completed, lengths), out, places)  # type: ignore[arg-type]

    def _stepwise(self, items: list[Any], run: Run) -> Column | Pending:
        """Complete few items first, then more at a time, until one of them makes the list null."""
        out: list[Any] = []
        step = 1 if len(items) > _FASTER else len(items)
        while len(out) < len(items):
            if run.facts.is_awaitable(items[len(out)]):
                return run.hold(_after(run, out, later(self.inner, items[len(out) :], run, stops=True)))
            part: Any = self.inner.complete(items[len(out) : len(out) + step], run)
            rest = items[len(out) + step :]
            if is_pending(part):
                return run.hold(_after(run, out, part, self.inner.complete(rest, run) if rest else []))
            out += part
            if rest and run.failed and any(map(self.inner.nulls_parent, part)):
                run.skip(rest if waits(run.facts.of(rest)) else ())
                out += [SKIPPED] * len(rest)
            step *= _FASTER
        return out

    async def _drain(self, values: Column, run: Run) -> Column:
        run.awaited.add(self)
        drained = list(values)
        with timed(self.site, run):
            for place, value in enumerate(values):
                if run.facts[type(value)] & STREAM:
                    drained[place] = await _all_of(value, self.inner, run)
        return await awaited(self._uneven(drained, run))

    def is_lost(self, value: Any) -> bool:
        """Look at the items, where they cannot be null."""
        return self.inner.required and any(map(self.inner.nulls_parent, value))

    def descend(self, value: Any, path: Path, position: Position, repair: Repair) -> Any:
        """Repair every item."""
        for index, item in enumerate(value):
            path.append(index)
            try:
                value[index] = self.inner.repair(item, path, position, partial(setitem, value, index), repair)
            finally:
                path.pop()
        return value


async def _after(run: Run, out: list[Any], part: Pending, rest: Column | Pending = ()) -> Column:
    if is_pending(rest):
        first, last = await side_by_side([part, rest], run)  # type: ignore[list-item]  # told by is_pending
        return [*out, *first, *last]
    return [*out, *(await part), *rest]  # type: ignore[misc]  # as above


async def _deal_later(pending: Pending, lengths: list[int], out: list[Any], places: list[int]) -> Column:
    return _place(_parts(await pending, lengths), out, places)


def _parts(completed: Column, lengths: list[int]) -> list[list[Any]]:
    items = completed if type(completed) is list else list(completed)
    parts = []
    start = 0
    for length in lengths:
        end = start + length
        parts.append(items[start:end])
        start = end
    return parts


def _place(parts: list[list[Any]], out: list[Any], places: list[int]) -> list[Any]:
    """Put lists in their places; a list whose iteration broke off stays a failure with what came before."""
    if not out and not places:
        return parts
    for place, part in zip(places, parts, strict=True):
        if type(out[place]) is Failure:
            out[place] = Failure(out[place].error, part)
        else:
            out[place] = part
    return out


def _items(value: Any, site: Site, run: Run) -> Any:
    flags = run.facts[type(value)]
    if flags & ARRAY:
        return value
    if not flags & ITERABLE:
        return run.fail(
            GraphQLError(f"Expected Iterable, but did not find one for field '{site.parent_type}.{site.name}'.")
        )
    items: list[Any] = []
    try:
        items.extend(value)
    except Exception as error:  # noqa: BLE001 - becomes the field's error, after those of the items before
        return run.fail(error, items)
    return items


async def _all_of(stream: Any, inner: Completer, run: Run) -> Any:
    """Read a stream to its end, or until an item makes the list null; without end it is read until the expiry."""
    items: list[Any] = []
    iterator = aiter(stream)
    failure: Failure | None = None
    try:
        while not (inner.required and items and _fails(items, inner, run)):
            if len(items) % _TURN == _TURN - 1:
                await asyncio.sleep(0)  # a stream that never waits would let no timer come
            items.append(await run.wait(anext(iterator)))
    except StopAsyncIteration:
        return items
    except Exception as error:  # noqa: BLE001 - becomes the field's error
        failure = run.fail(error, items)
    close = getattr(iterator, "aclose", None)
    if close is not None:
        with suppress(Exception):  # the list has failed already, by what made it be closed
            async with asyncio.timeout(GRACE):
                await close()
    return items if failure is None else failure


def _fails(items: list[Any], inner: Completer, run: Run) -> bool:
    """Tell whether the last item makes the list null, as far as it shows: a leaf is completed to see."""
    last = items[-1]
    if last is None or isinstance(last, Exception):
        return True
    if isinstance(inner, LeafCompleter) and inner.at_once([last]) is None and not run.facts.is_awaitable(last):
        (completed,) = inner.exact([last], run)  # type: ignore[misc]  # nothing in it is awaited
        if type(completed) is Failure:
            items[-1] = completed
            return True
    return False
