"""Root fields one after the other, as mutations run: each is finished, and repaired, before the next begins."""

from functools import partial
from operator import setitem
from typing import Any

import msgspec
from graphql import GraphQLError

from graph.compiled.completion import awaited, is_pending
from graph.compiled.repair import Position, Propagation, Repair
from graph.compiled.run import Run
from graph.compiled.selection import Selection


class Serial:
    """One run of a selection over the root, field by field. After `work`, `data` is the answer."""

    __slots__ = ("_place", "_root", "_run", "_selection", "_values", "data", "errors")

    def __init__(self, selection: Selection, root: Any, run: Run) -> None:
        self._selection = selection
        self._root = root
        self._run = run
        self._values: list[Any] = []
        self._place = 0
        self.data: msgspec.Struct | None = None
        self.errors: list[GraphQLError] = []

    def work(self) -> Any:
        """Run the fields; return a coroutine that runs the rest as soon as one is awaited, otherwise None."""
        while self._place < len(self._selection.fields):
            column = self._start()
            if is_pending(column):
                return self._rest(column)
            if not self._take(column[0]):
                return None
        self.data = self._selection.output(*self._values)
        return None

    async def _rest(self, column: Any) -> None:
        while self._take((await awaited(column))[0]):
            if self._place == len(self._selection.fields):
                self.data = self._selection.output(*self._values)
                return
            column = self._start()

    def _start(self) -> Any:
        return self._selection.fields[self._place].start([self._root], self._run)

    def _take(self, value: Any) -> bool:
        """Keep a field's value, repaired. False where it makes the whole answer null: then nothing more is run."""
        field = self._selection.fields[self._place]
        self._place += 1
        held = [value]
        if self._run.failed and field.completer is not None:
            self._run.failed = False
            repair = Repair(self._run.awaited)
            whole = Position(None, partial(setitem, [True], 0), required=False)
            put = partial(setitem, held, 0)
            try:
                put(field.completer.repair(value, [field.key], whole, put, repair))
                repair.finish()
            except Propagation as failed:
                repair.errors.append(failed.error)
                whole.nulled = True
            self.errors += repair.errors
            if whole.nulled:
                return False
        self._values.append(held[0])
        return True
