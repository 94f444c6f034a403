"""Completion: a column of resolved values becomes a column of output values, by the field's type."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import CoroutineType
from typing import Any, TypeAlias

from graphql import located_error
from graphql.pyutils import Undefined

from graph.compiled.facts import AWAITABLE
from graph.compiled.failure import SKIPPED, Failure
from graph.compiled.repair import Path, Position, Propagation, Put, Repair
from graph.compiled.run import PendingColumn, Run
from graph.compiled.settling import settle
from graph.compiled.site import Site
from graph.compiled.timing import NO_COLUMN

Column: TypeAlias = Sequence[Any]
Pending: TypeAlias = PendingColumn


class Completer:
    """Completes values of one type at one field path. `required` is the type's own non-null mark."""

    __slots__ = ("deferred", "fatal", "final", "required", "site", "stepwise")

    def __init__(self, site: Site, *, required: bool) -> None:
        self.site = site
        self.required = required
        self.deferred = False
        """Whether graphql-core would await the field in every run, whatever is done here."""
        self.fatal = False
        """Whether a failure here makes the whole answer null."""
        self.stepwise = False
        """Whether values may be completed in several columns: nothing below is resolved for all objects at once."""
        self.final = False
        """Whether nothing below has a resolver: values are read off the objects, and nobody else is asked."""

    def complete(self, values: Column, run: Run) -> Column | Pending:
        """Return the output values in the order of the values; a coroutine where something is to be awaited."""
        raise NotImplementedError

    def descend(self, value: Any, path: Path, position: Position, repair: Repair) -> Any:
        """Repair what is inside an output value that is neither null nor a failure."""
        raise NotImplementedError

    def repair(self, value: Any, path: Path, parent: Position, put: Put, repair: Repair) -> Any:
        """Return the repaired value; one that was awaited is put in its place later, and returned as it is.

        Raises Propagation where this position cannot be null.
        """
        if self.deferred or self in repair.awaited:
            repair.waiting.append((self, value, list(path), parent, put))
            return value
        return self.repair_now(value, path, parent, put, repair)

    def repair_now(self, value: Any, path: Path, parent: Position, put: Put, repair: Repair) -> Any:
        """Give failures their path and propagate nulls. Raises Propagation where this position cannot be null."""
        if value is SKIPPED:
            return None
        position = Position(parent, put, required=self.required)
        try:
            if type(value) is Failure:
                if value.before:
                    self.descend(value.before, path, position, repair)
                raise Propagation(located_error(value.error, self.site.nodes, list(path)))  # noqa: TRY301 - caught as those from below are
            return None if value is None else self.descend(value, path, position, repair)
        except Propagation as failed:
            if self.required:
                raise
            position.nulled = True
            repair.errors.append(failed.error)
            return None

    def nulls_parent(self, value: Any) -> bool:
        """Tell whether an output value makes the place around it null: it failed, and cannot be null itself."""
        return self.required and (type(value) is Failure or (value is not None and self.is_lost(value)))

    def is_lost(self, value: Any) -> bool:
        """Tell whether what is inside an output value, neither null nor a failure, makes it null."""
        raise NotImplementedError

    def null(self, run: Run) -> Failure | None:
        """Return what stands for a null at this position."""
        if not self.required:
            return None
        site = self.site
        return run.fail(TypeError(f"Cannot return null for non-nullable field {site.parent_type}.{site.name}."))

    def sort_out(self, values: Column, run: Run) -> tuple[list[Any], list[int]]:
        """Put nulls and failures in their output form; return also the places of what is left to complete."""
        out: list[Any] = []
        places: list[int] = []
        for place, value in enumerate(values):
            if value is None or value is Undefined:
                out.append(self.null(run))
            elif isinstance(value, Exception):
                out.append(run.fail(value))
            else:
                out.append(value)
                if type(value) is not Failure:
                    places.append(place)
        return out, places


def later(completer: Completer, values: Column, run: Run, *, stops: bool = False) -> Pending:
    """Complete after awaiting what is awaitable among the values; with `stops`, until one fails."""
    run.open(values)
    run.awaited.add(completer)
    return run.hold(_later(completer, values, run, stops=stops or completer.fatal))


async def _later(completer: Completer, values: Column, run: Run, *, stops: bool) -> Column:
    with timed(completer.site, run):
        settled = await settle(values, run, stops=stops)
    return await awaited(completer.complete(settled, run))


@contextmanager
def timed(site: Site, run: Run) -> Iterator[None]:
    """Count what is awaited within as of the field's column, whatever ends it."""
    timing = run.timing
    if timing is None or site.column == NO_COLUMN:
        yield
        return
    timing.resume(site.column)
    try:
        yield
    finally:
        timing.end(site.column)


async def awaited(completed: Column | Pending) -> Column:
    """Return a completion, awaited if it is still to be."""
    return await completed if isinstance(completed, CoroutineType) else completed  # type: ignore[return-value]


def is_pending(completed: Column | Pending) -> Any:
    """Tell whether a completion is still to be awaited."""
    return type(completed) is CoroutineType


def waits(flags: int) -> bool:
    """Tell whether values with these flags are to be awaited."""
    return bool(flags & AWAITABLE)
