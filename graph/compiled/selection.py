"""A selection: the fields asked of objects of one type, and the Struct that holds their output."""

from collections.abc import Sequence
from functools import partial
from types import CoroutineType
from typing import Any, ClassVar

import msgspec

from graph.compiled.completion import Column, Completer, Pending, is_pending
from graph.compiled.conversion import Conversion
from graph.compiled.failure import SKIPPED
from graph.compiled.repair import Path, Position, Repair
from graph.compiled.run import Run
from graph.compiled.settling import Covered, side_by_side


class Field:
    """A field path. `kind` says how it is resolved; `__typename` alone has no completer."""

    __slots__ = ("completer", "key")

    kind: ClassVar[str]

    def __init__(self, key: str, completer: Completer | None) -> None:
        self.key = key
        self.completer = completer

    def is_stepwise(self) -> bool:
        """Tell whether the field may be resolved for some of its parents now and for others later."""
        return self.completer is None or self.completer.stepwise

    def is_final(self) -> bool:
        """Tell whether the field's values and all below them are read off the parents, and nobody else is asked."""
        return False

    def nulls_all(self, column: Column) -> bool:
        """Tell whether the output column makes every parent null."""
        completer = self.completer
        return completer is not None and completer.required and all(map(completer.nulls_parent, column))

    def start(self, parents: Sequence[Any], run: Run) -> Column | Pending:
        """Resolve and complete the field for all parents."""
        raise NotImplementedError


class Selection:
    """Fields of one object type, in the order of the response."""

    __slots__ = ("_conversion", "_required", "fields", "output")

    def __init__(self, fields: list[Field], output: type[msgspec.Struct], conversion: Conversion | None) -> None:
        self.fields = fields
        self.output = output
        self._conversion = conversion
        self._required = [
            (name, field.completer)
            for name, field in zip(output.__struct_fields__, fields, strict=True)
            if field.completer is not None and field.completer.required
        ]

    def run(self, parents: Sequence[Any], run: Run, flags: int) -> Column | Pending:
        """Return a Struct for every parent; failures stand inside. A coroutine where some field is awaited.

        `flags` are the facts of the parents' types.
        """
        if self._conversion is not None:
            converted = self._conversion.convert(parents, flags)
            if converted is not None:
                return converted
        columns: list[Any] = []
        pending: list[int] = []
        before = run.under_way
        for place, field in enumerate(self.fields):
            sound = not run.failed
            column = field.start(parents, run)
            columns.append(column)
            if type(column) is CoroutineType:  # as `is_pending`, which would be called for every column
                pending.append(place)
            elif run.failed and field.nulls_all(column):  # type: ignore[arg-type]  # not pending
                if sound or not pending:
                    run.under_way = before
                    return self._covered(columns, pending, len(parents), run)
                columns += [[SKIPPED] * len(parents)] * (len(self.fields) - len(columns))
                break  # what is pending may hold a failure that is told before
        if pending:
            in_turn = run.under_way - before == len(pending)
            run.under_way = before
            later = self._in_turn(columns, pending) if in_turn else self._later(columns, pending, len(parents), run)
            run.held.append(later)
            return later
        if not columns:
            return [self.output() for _ in parents]  # @skip and @include left nothing
        return list(map(self.output, *columns))

    async def _in_turn(self, columns: list[Any], pending: list[int]) -> Column:
        """Await fields that are under way by themselves and ask for nothing more: tasks would save no time."""
        for place in pending:
            columns[place] = await columns[place]
        return list(map(self.output, *columns))

    async def _later(self, columns: list[Any], pending: list[int], count: int, run: Run) -> Column:
        """Await the fields, side by side."""
        if len(pending) == 1:
            columns[pending[0]] = await columns[pending[0]]
            return list(map(self.output, *columns))
        fields = self.fields
        alone = [
            self._unless_covering(columns, place, run) if fields[place].completer.required else columns[place]  # type: ignore[union-attr]  # what is awaited has a completer
            for place in pending
        ]
        tasks: list[Any] = []
        try:
            found = await side_by_side(alone, run, tasks)
        except Covered:
            for place, task in zip(pending, tasks, strict=True):
                if task.done() and not task.cancelled() and task.exception() is None:
                    columns[place] = task.result()
            return self._covered(columns, [place for place in pending if is_pending(columns[place])], count, run)
        for place, column in zip(pending, found, strict=True):
            columns[place] = column
        return list(map(self.output, *columns))

    async def _unless_covering(self, columns: list[Any], place: int, run: Run) -> Column:
        column = columns[place] = await columns[place]
        if run.failed and self.fields[place].nulls_all(column):
            run.skip()
            raise Covered
        return column  # type: ignore[no-any-return]  # awaited just now

    def _covered(self, columns: list[Any], pending: list[int], count: int, run: Run) -> Column:
        """Fill up the columns that are not needed, as a null covers every parent."""
        run.skip()
        nothing = [SKIPPED] * count
        for place in pending:
            columns[place] = nothing
        columns += [nothing] * (len(self.fields) - len(columns))
        return list(map(self.output, *columns))

    def is_stepwise(self) -> bool:
        """Tell whether all fields may be resolved for some of the parents now and for others later.

        Not where msgspec reads all objects in one call, which is as quick as looking at a few.
        """
        return self._conversion is None and all(field.is_stepwise() for field in self.fields)

    def is_lost(self, struct: msgspec.Struct) -> bool:
        """Tell whether a field that cannot be null has failed."""
        return any(completer.nulls_parent(getattr(struct, name)) for name, completer in self._required)

    def repair(self, struct: msgspec.Struct, path: Path, position: Position, repair: Repair) -> msgspec.Struct:
        """Repair every field in order. Raises Propagation where one that cannot be null has failed."""
        for name, field in zip(self.output.__struct_fields__, self.fields, strict=True):
            if field.completer is None:
                continue
            path.append(field.key)
            try:
                put = partial(setattr, struct, name)
                put(field.completer.repair(getattr(struct, name), path, position, put, repair))
            finally:
                path.pop()
        return struct
