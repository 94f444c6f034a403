"""The timing of one compiled operation: preallocated numbers by column, and records of them at its end."""

from collections.abc import Sequence
from time import perf_counter

from graph.compiled import TimedField
from loaders.asking import ASKING
from ops.operation_record import FieldRecord


class FieldTiming:
    """Notes when columns begin and end, and tells loaders which field path asks them."""

    __slots__ = ("_begun", "_ended", "_fields", "_parents")

    def __init__(self, fields: Sequence[TimedField]) -> None:
        count = len(fields)
        self._fields = fields
        self._parents = [0] * count
        self._begun = [0.0] * count
        self._ended = [0.0] * count

    def begin(self, column: int, parents: int) -> None:
        """Note a beginning; parents add up."""
        if not self._begun[column]:
            self._begun[column] = perf_counter()
        self._parents[column] += parents
        ASKING.set((self._fields[column].path,))

    def resume(self, column: int) -> None:
        """Say in this task who asks."""
        ASKING.set((self._fields[column].path,))

    def end(self, column: int) -> None:
        """Note an end; the last one counts."""
        self._ended[column] = perf_counter()

    def finish(self) -> list[FieldRecord]:
        """Return the records of all columns that began, parents before children. What never ended ends now."""
        ASKING.set(())
        now = perf_counter()
        columns = zip(self._fields, self._parents, self._begun, self._ended, strict=True)
        return [
            FieldRecord(path, coordinate, parents, begun, (ended or now) - begun)
            for (path, coordinate, _), parents, begun, ended in columns
            if begun
        ]
