"""A timing that notes what it is told."""

from collections import Counter

from graph.compiled import Plan


class Heard:
    """Notes beginnings and ends by path, in order; nothing ends or goes on that has not begun."""

    def __init__(self, plan: Plan) -> None:
        self._columns = plan.columns
        self.events: list[str] = []
        self.parents: Counter[str] = Counter()
        self._begun: set[int] = set()
        self._open: set[int] = set()

    @property
    def unended(self) -> set[str]:
        """Paths that began and did not end."""
        return {self._columns[column].path for column in self._open}

    def begin(self, column: int, parents: int) -> None:
        """Note it."""
        assert column >= 0
        self.parents[self._columns[column].path] += parents
        self._begun.add(column)
        self._open.add(column)
        self.events.append(f"begin {self._columns[column].path}")

    def resume(self, column: int) -> None:
        """Note it."""
        assert column in self._begun
        self._open.add(column)
        self.events.append(f"resume {self._columns[column].path}")

    def end(self, column: int) -> None:
        """Note it."""
        assert column in self._begun
        self._open.discard(column)
        self.events.append(f"end {self._columns[column].path}")
