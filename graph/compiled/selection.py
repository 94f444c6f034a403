"""A selection: the fields asked of objects of one type, and the Struct that holds their output."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

import msgspec

from graph.compiled.completion import Column, Completer, Pending, is_pending
from graph.compiled.conversion import Conversion
from graph.compiled.repair import Path, Position, Repair
from graph.compiled.run import Run


class Field:
    """A field path. `kind` says how it is resolved; `__typename` alone has no completer."""

    __slots__ = ("completer", "key")

    kind: ClassVar[str]

    def __init__(self, key: str, completer: Completer | None) -> None:
        self.key = key
        self.completer = completer

    def start(self, parents: Sequence[Any], run: Run) -> Column | Pending:
        """Resolve and complete the field for all parents."""
        raise NotImplementedError


class Selection:
    """Fields of one object type, in the order of the response."""

    __slots__ = ("_conversion", "fields", "output")

    def __init__(self, fields: list[Field], output: type[msgspec.Struct], conversion: Conversion | None) -> None:
        self.fields = fields
        self.output = output
        self._conversion = conversion

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
        try:
            for place, field in enumerate(self.fields):
                column = field.start(parents, run)
                columns.append(column)
                if is_pending(column):
                    pending.append(place)
        except BaseException:
            for place in pending:
                columns[place].close()
            raise
        if pending:
            return self._later(columns, pending)
        if not columns:
            return [self.output() for _ in parents]  # @skip and @include left nothing
        return list(map(self.output, *columns))

    async def _later(self, columns: list[Any], pending: list[int]) -> Column:
        """Await the fields, side by side."""
        if len(pending) == 1:
            columns[pending[0]] = await columns[pending[0]]
        else:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(columns[place]) for place in pending]
            for place, task in zip(pending, tasks, strict=True):
                columns[place] = task.result()
        return list(map(self.output, *columns))

    def repair(self, struct: msgspec.Struct, path: Path, position: Position, repair: Repair) -> msgspec.Struct:
        """Repair every field in order. Raises GraphQLError where one that cannot be null has failed."""
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
