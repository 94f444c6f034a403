"""Field paths as metrics name them, beside their budgets."""

from collections.abc import Callable, Mapping

from ops.budgets.field_lines import FieldLine, field_line
from ops.load.scrape import Times


class Fields:
    """Knows fields by operation and path.

    `coordinates` are by operation, then by path; `own_seconds` are budgets of fields by coordinate, and
    `operation_seconds` gives those of operations by name.
    """

    def __init__(
        self,
        coordinates: Mapping[str, Mapping[str, str]],
        own_seconds: Mapping[str, float],
        operation_seconds: Callable[[str | None], float],
    ) -> None:
        self._coordinates = coordinates
        self._own = own_seconds
        self._operation_seconds = operation_seconds

    def line(self, operation: str, path: str, times: Times) -> FieldLine:
        """Return the line of a path. Of operations that share a name, paths are coordinates already."""
        coordinate = self._coordinates.get(operation, {}).get(path) or (path if path in self._own else None)
        own = self._own.get(coordinate) if coordinate is not None else None
        return field_line(
            operation, path, coordinate, times.edges, times.counts, own, self._operation_seconds(operation)
        )
