"""Completion of objects: one selection for all of them."""

from collections.abc import Callable
from itertools import repeat
from typing import Any

from graphql import GraphQLObjectType
from graphql.execution.executor import invalid_return_type_error
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE

from graph.compiled.completion import Column, Completer, Pending, awaited, is_pending, later, waits
from graph.compiled.facts import UNEVEN
from graph.compiled.failure import Failure
from graph.compiled.info import RawInfo
from graph.compiled.repair import Path, Position, Repair
from graph.compiled.run import Run
from graph.compiled.selection import Selection
from graph.compiled.settling import settle
from graph.compiled.site import Site

_MOST = 1_000
_BY_TYPE = "decides_by_type"
"""Mark of an `is_type_of` whose answer depends on nothing but the Python type of the object."""


class ObjectCompleter(Completer):
    """Objects of one concrete type."""

    __slots__ = ("_accepted", "_by_type", "_check", "_type", "selection")

    def __init__(self, site: Site, kind: GraphQLObjectType, selection: Selection, *, required: bool) -> None:
        super().__init__(site, required=required)
        self.selection = selection
        self.stepwise = selection.is_stepwise()
        self.final = all(field.is_final() for field in selection.fields)
        self._type = kind
        self._check: Callable[..., Any] | None = kind.is_type_of
        self._by_type = decides_by_type(kind.is_type_of)
        self._accepted: set[type] = set()

    def complete(self, values: Column, run: Run) -> Column | Pending:
        """Check the objects' types where the schema asks for it, then select from all of them."""
        flags = run.facts.of(values)
        if waits(flags):
            return later(self, values, run)
        if flags & UNEVEN:
            out, places = self.sort_out(values, run)
            return self._some(out, places, run)
        if self._check is None or self._known(values):
            return self.selection.run(values, run, flags)
        return self._some(list(values), list(range(len(values))), run)

    def _some(self, out: list[Any], places: list[int], run: Run) -> Column | Pending:
        objects = [out[place] for place in places]
        if self._check is None or self._known(objects):
            return self._select(out, places, objects, run)
        verdicts = self._verdicts(objects, run)
        if waits(run.facts.of(verdicts)):
            run.open(verdicts)
            run.awaited.add(self)
            return run.hold(self._checked(out, places, verdicts, run))
        return self._select(*self._sorted(out, places, verdicts, run), run)

    async def _checked(self, out: list[Any], places: list[int], verdicts: list[Any], run: Run) -> Column:
        settled = await settle(verdicts, run)
        return await awaited(self._select(*self._sorted(out, places, settled, run), run))

    def _verdicts(self, objects: list[Any], run: Run) -> list[Any]:
        info = RawInfo(self.site, run)
        verdicts: list[Any] = []
        for value in objects:
            try:
                verdicts.append(self._check(value, info))  # type: ignore[misc]  # only asked where there is one
            except Exception as error:  # noqa: BLE001 - becomes the field's error
                verdicts.append(run.fail(error))
        return verdicts

    def _sorted(
        self, out: list[Any], places: list[int], verdicts: list[Any], run: Run
    ) -> tuple[list[Any], list[int], list[Any]]:
        kept: list[int] = []
        for place, verdict in zip(places, verdicts, strict=True):
            if type(verdict) is Failure:
                out[place] = verdict
            elif verdict:
                kept.append(place)
                if self._by_type:
                    self._remember(type(out[place]))
            else:
                out[place] = run.fail(self._refusal(out[place]))
        return out, kept, [out[place] for place in kept]

    def _refusal(self, value: Any) -> Exception:
        """Return the error of an object of another type; or what showing the object in it raised."""
        try:
            return invalid_return_type_error(self._type, value, self.site.details)
        except Exception as error:  # noqa: BLE001 - becomes the field's error
            return error

    def _select(self, out: list[Any], places: list[int], objects: list[Any], run: Run) -> Column | Pending:
        if not objects:
            return out
        selected = self.selection.run(objects, run, run.facts.of(objects))
        if is_pending(selected):
            return run.hold(_place_later(selected, out, places))  # type: ignore[arg-type]  # told by is_pending
        return _place(selected, out, places)  # type: ignore[arg-type]

    def _known(self, objects: Column) -> bool:
        return self._by_type and set(map(type, objects)) <= self._accepted and not any_cast(objects)

    def _remember(self, kind: type) -> None:
        if len(self._accepted) >= _MOST:
            self._accepted.clear()
        self._accepted.add(kind)

    def is_lost(self, value: Any) -> bool:
        """Look at the fields that cannot be null."""
        return self.selection.is_lost(value)

    def descend(self, value: Any, path: Path, position: Position, repair: Repair) -> Any:
        """Repair every field."""
        return self.selection.repair(value, path, position, repair)


def decides_by_type(function: Callable[..., Any] | None) -> bool:
    """Tell whether an `is_type_of` looks at nothing but the Python type: Strawberry's own, or one marked so."""
    if function is None:
        return False
    strawberrys = function.__module__ == "strawberry.schema.schema_converter"
    return strawberrys or bool(getattr(getattr(function, "__func__", function), _BY_TYPE, False))


def any_cast(objects: Column) -> bool:
    """Tell whether `strawberry.cast` marked any of the objects as of another type than its own."""
    return any(map(getattr, objects, repeat(TYPE_CAST_ATTRIBUTE), repeat(None)))


def _place(selected: Column, out: list[Any], places: list[int]) -> list[Any]:
    for place, value in zip(places, selected, strict=True):
        out[place] = value
    return out


async def _place_later(pending: Pending, out: list[Any], places: list[int]) -> list[Any]:
    return _place(await pending, out, places)
