"""Completion of interfaces and unions: objects are parted by their concrete type, and put together again."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLAbstractType, default_type_resolver
from graphql.execution.executor import Executor
from strawberry.types.base import has_object_definition

from graph.compiled.completion import Column, Completer, Pending, awaited, is_pending, later, waits
from graph.compiled.failure import Failure
from graph.compiled.info import RawInfo
from graph.compiled.objects import ObjectCompleter, any_cast
from graph.compiled.repair import Path, Position, Repair
from graph.compiled.run import Run
from graph.compiled.settling import settle, side_by_side
from graph.compiled.site import Site

_MOST = 1_000
_STRAWBERRYS = {"strawberry.schema.schema_converter", "strawberry.types.union"}


class AbstractCompleter(Completer):
    """An interface or a union; `concrete` has a completer for each possible type."""

    __slots__ = ("_by_output", "_names", "_resolve", "_strawberrys", "_type", "concrete")

    def __init__(
        self, site: Site, kind: GraphQLAbstractType, concrete: dict[str, ObjectCompleter], *, required: bool
    ) -> None:
        super().__init__(site, required=required)
        self.concrete = concrete
        self.stepwise = all(completer.stepwise for completer in concrete.values())
        self._type = kind
        self._resolve: Callable[..., Any] = kind.resolve_type or default_type_resolver
        self._strawberrys = self._resolve.__module__ in _STRAWBERRYS
        self._names: dict[type, str] = {}
        self._by_output = {completer.selection.output: completer for completer in concrete.values()}

    def complete(self, values: Column, run: Run) -> Column | Pending:
        """Find every object's type, and complete each type's objects together."""
        if waits(run.facts.of(values)):
            return later(self, values, run)
        out, places = self.sort_out(values, run)
        names = self._resolved(out, places, run)
        if waits(run.facts.of(names)):
            run.open(names)
            run.awaited.add(self)
            return run.hold(self._named(out, places, names, run))
        return self._parted(out, places, names, run)

    async def _named(self, out: list[Any], places: list[int], names: list[Any], run: Run) -> Column:
        return await awaited(self._parted(out, places, await settle(names, run), run))

    def _resolved(self, out: list[Any], places: list[int], run: Run) -> list[Any]:
        objects = [out[place] for place in places]
        kinds = list(map(type, objects))
        known = self._names
        if known and set(kinds) <= known.keys() and not any_cast(objects):
            return [known[kind] for kind in kinds]
        info = RawInfo(self.site, run)
        names: list[Any] = []
        for value in objects:
            try:
                name = self._resolve(value, info, self._type)
                names.append(name)
            except Exception as error:  # noqa: BLE001 - becomes the field's error
                names.append(run.fail(error))
                continue
            if self._strawberrys and isinstance(name, str) and _says_its_type(value):
                self._remember(type(value), name)
        return names

    def _remember(self, kind: type, name: str) -> None:
        if len(self._names) >= _MOST:
            self._names.clear()
        self._names[kind] = name

    def _parted(self, out: list[Any], places: list[int], names: list[Any], run: Run) -> Column | Pending:
        parts: dict[str, list[int]] = {}
        for place, name in zip(places, names, strict=True):
            checked = self._checked(name, out[place], run)
            if type(checked) is Failure:
                out[place] = checked
            else:
                parts.setdefault(checked, []).append(place)
        pending: list[tuple[list[int], Any]] = []
        for name, part in parts.items():
            completed = self.concrete[name].complete([out[place] for place in part], run)
            if is_pending(completed):
                pending.append((part, completed))
            else:
                _place(completed, out, part)  # type: ignore[arg-type]  # told by is_pending
        return run.hold(_place_later(out, pending, run)) if pending else out

    def _checked(self, name: Any, value: Any, run: Run) -> Any:
        if type(name) is str and name in self.concrete:
            return name
        if type(name) is Failure:
            return name
        site = self.site
        try:
            info: Any = RawInfo(site, run)
            kind = Executor.ensure_valid_runtime_type(info, name, self._type, site.details, info, value)
        except Exception as error:  # noqa: BLE001 - becomes the field's error
            return run.fail(error)
        return kind.name

    def is_lost(self, value: Any) -> bool:
        """Look at the object's own type."""
        return self._by_output[type(value)].is_lost(value)

    def descend(self, value: Any, path: Path, position: Position, repair: Repair) -> Any:
        """Repair the fields of the object's own type."""
        return self._by_output[type(value)].selection.repair(value, path, position, repair)


def _says_its_type(value: Any) -> bool:
    """Tell whether Strawberry goes by the Python type alone: one of its own, not generic, not cast."""
    if not has_object_definition(value) or any_cast([value]):
        return False
    return not type(value).__strawberry_definition__.is_graphql_generic  # type: ignore[attr-defined]  # asked above


async def _place_later(out: list[Any], pending: list[tuple[list[int], Any]], run: Run) -> Column:
    columns = await side_by_side([coroutine for _, coroutine in pending], run)
    for (places, _), column in zip(pending, columns, strict=True):
        _place(column, out, places)
    return out


def _place(completed: Column, out: list[Any], places: list[int]) -> None:
    for place, value in zip(places, completed, strict=True):
        out[place] = value
