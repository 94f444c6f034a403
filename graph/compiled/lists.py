"""Completion of lists: all items of a column are completed together and dealt out again."""

from functools import partial
from itertools import chain
from operator import setitem
from typing import Any

from graphql import GraphQLError

from graph.compiled.completion import Column, Completer, Pending, awaited, is_pending, later, waits
from graph.compiled.facts import ARRAY, ITERABLE, STREAM, UNEVEN
from graph.compiled.failure import Failure
from graph.compiled.repair import Path, Position, Repair
from graph.compiled.run import Run
from graph.compiled.site import Site


class ListCompleter(Completer):
    """A list of anything."""

    __slots__ = ("inner",)

    def __init__(self, site: Site, inner: Completer, *, required: bool) -> None:
        super().__init__(site, required=required)
        self.inner = inner

    def complete(self, values: Column, run: Run) -> Column | Pending:
        """Complete the items of all lists as one column."""
        flags = run.facts.of(values)
        if waits(flags):
            return later(self, values, run)
        if flags == ARRAY:
            return self._deal(values, [], [], run)
        if flags & ~UNEVEN & STREAM:
            return self._drain(values, run)
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
        completed = self.inner.complete(flat, run)
        if is_pending(completed):
            return _deal_later(completed, lengths, out, places)  # type: ignore[arg-type]  # told by is_pending
        return _place(_parts(completed, lengths), out, places)  # type: ignore[arg-type]

    async def _drain(self, values: Column, run: Run) -> Column:
        run.awaited.add(self)
        drained = list(values)
        for place, value in enumerate(values):
            if run.facts[type(value)] & STREAM:
                drained[place] = await _all_of(value, run)
        return await awaited(self._uneven(drained, run))

    def descend(self, value: Any, path: Path, position: Position, repair: Repair) -> Any:
        """Repair every item."""
        for index, item in enumerate(value):
            path.append(index)
            try:
                value[index] = self.inner.repair(item, path, position, partial(setitem, value, index), repair)
            finally:
                path.pop()
        return value


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


async def _all_of(stream: Any, run: Run) -> Any:
    items: list[Any] = []
    iterator = aiter(stream)
    try:
        while True:
            items.append(await run.wait(anext(iterator)))
    except StopAsyncIteration:
        return items
    except Exception as error:  # noqa: BLE001 - becomes the field's error
        close = getattr(iterator, "aclose", None)
        if close is not None:
            await close()
        return run.fail(error, items)
