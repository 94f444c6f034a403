"""The repair after failures: paths, locations, order of errors and null propagation, as graphql-core has them.

graphql-core meets the failures of what it need not await first, depth first; what is awaited comes after, and nothing
of it where a null has already come from below. So what was awaited waits here for its turn.
"""

from collections import deque
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, TypeAlias

from graphql import GraphQLError

if TYPE_CHECKING:
    from graph.compiled.completion import Completer

Path: TypeAlias = list[str | int]
Put: TypeAlias = Callable[[Any], None]


class Propagation(Exception):
    """An error on its way up to the nearest place that may be null.

    The error itself is not raised: its traceback would hold the repair, and so itself, and all objects of the answer.
    """

    def __init__(self, error: GraphQLError) -> None:
        super().__init__(error.message)
        self.error = error


class Position:
    """A place in the response that a null may come to."""

    __slots__ = ("nulled", "parent", "put", "required")

    def __init__(self, parent: "Position | None", put: Put, *, required: bool) -> None:
        self.parent = parent
        self.put = put
        self.required = required
        self.nulled = False

    def is_gone(self) -> bool:
        """Tell whether this place, or one around it, has become null."""
        position: Position | None = self
        while position is not None:
            if position.nulled:
                return True
            position = position.parent
        return False

    def give_up(self) -> None:
        """Put null in the nearest place that may be null."""
        position = self
        while position.required and position.parent is not None:
            position = position.parent
        position.nulled = True
        position.put(None)


class Repair:
    """The state of one repair. `awaited` are the completers whose values this run awaited."""

    __slots__ = ("awaited", "errors", "waiting")

    def __init__(self, awaited: Collection["Completer"]) -> None:
        self.awaited = awaited
        self.errors: list[GraphQLError] = []
        self.waiting: deque[tuple[Completer, Any, Path, Position, Put]] = deque()

    def finish(self) -> None:
        """Repair what was awaited."""
        while self.waiting:
            completer, value, path, parent, put = self.waiting.popleft()
            if parent.is_gone():
                continue
            try:
                put(completer.repair_now(value, path, parent, put, self))
            except Propagation as failed:
                self.errors.append(failed.error)
                parent.give_up()
