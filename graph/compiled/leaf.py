"""Completion of leaves: most columns are ready as they are, which one set of types tells."""

from typing import Any

from graphql.execution.executor import Executor

from graph.compiled.completion import Column, Completer, Pending, later, waits
from graph.compiled.failure import Failure
from graph.compiled.readiness import Ready
from graph.compiled.repair import Path, Position, Repair
from graph.compiled.run import Run
from graph.compiled.site import Site


class LeafCompleter(Completer):
    """Scalars and enums."""

    __slots__ = ("passing", "ready", "table")

    def __init__(self, site: Site, ready: Ready, *, required: bool) -> None:
        super().__init__(site, required=required)
        self.stepwise = self.final = True
        self.ready = ready
        self.passing = ready.types if required else ready.types | {type(None)}
        self.table: dict[int, str | None] | None = None if ready.names is None else dict(ready.names)
        if self.table is not None and not required:
            self.table[id(None)] = None

    def complete(self, values: Column, run: Run) -> Column | Pending:
        """Serialise the values."""
        if self.table is not None:
            completed = self.at_once(values)
            return self.exact(values, run) if completed is None else completed
        types = set(map(type, values))  # as below, without a call for every column
        if types <= self.passing and (self.ready.check is None or self.ready.check(values, len(types))):
            return values
        return self.exact(values, run)

    def at_once(self, values: Column) -> Column | None:
        """Return the output values where they are ready, or need no more than a look-up; otherwise None."""
        if self.table is not None:
            try:
                return list(map(self.table.__getitem__, map(id, values)))
            except KeyError:
                return None
        types = set(map(type, values))
        if types <= self.passing and (self.ready.check is None or self.ready.check(values, len(types))):
            return values
        return None

    def exact(self, values: Column, run: Run) -> Column | Pending:
        """Serialise one value after the other, as graphql-core would."""
        if waits(run.facts.of(values)):
            return later(self, values, run)
        out, places = self.sort_out(values, run)
        for place in places:
            try:
                out[place] = _plain(Executor.complete_leaf_value(self.ready.leaf, out[place]))
            except Exception as error:  # noqa: BLE001 - becomes the field's error
                out[place] = run.fail(error)
        return out

    def nulls_parent(self, value: Any) -> bool:
        """Leaves have nothing inside that could fail."""
        return self.required and type(value) is Failure

    def is_lost(self, value: Any) -> bool:
        """As above."""
        del value
        return False

    def descend(self, value: Any, path: Path, position: Position, repair: Repair) -> Any:
        """Return the leaf."""
        del path, position, repair
        return value


def _plain(value: Any) -> Any:
    """Return a text of a class of its own as a plain one: the encoder knows no subclasses."""
    return str.__str__(value) if isinstance(value, str) and type(value) is not str else value
