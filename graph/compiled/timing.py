"""When the columns of a run begin and end, told to whoever wants to know: once a field path, never per object."""

from typing import NamedTuple, Protocol

from graphql import GraphQLObjectType
from graphql.pyutils import Path

LONGEST_KEY = 60
"""Characters of a response key as paths have it; an alias that is longer ends in an ellipsis.

Every path below an alias repeats it, and a client may choose one as long as a document.
"""

NO_COLUMN = -1
"""The column of what has no resolver."""


class TimedField(NamedTuple):
    """A field path that has a resolver, so that its column is timed.

    `path` are response keys joined by dots, without list indices; `coordinate` is the field in the schema, as in
    `Stock.quote`; `kind` says how it is resolved, as `Plan.kinds` counts it.
    """

    path: str
    coordinate: str
    kind: str


class Timing(Protocol):
    """Is told of the columns of one run, by their places in `Plan.columns`, on the event loop's thread.

    A column may begin several times, where its parents come in several groups, and end as often: it lasts from the
    first beginning to the last end. Where the run is given up, a column may never end.
    """

    def begin(self, column: int, parents: int) -> None:
        """Say that a column's resolver is about to be called for so many parents."""
        ...

    def resume(self, column: int) -> None:
        """Say that what the resolver gave is about to be awaited, perhaps in another task: it goes on working there."""
        ...

    def end(self, column: int) -> None:
        """Say that the last value has come, or the failure of all."""
        ...


def dotted(path: Path) -> str:
    """Return a path as `TimedField` has it."""
    return ".".join(_shortened(str(key)) for key in path.as_list())


def coordinate(parent: GraphQLObjectType, name: str) -> str:
    """Return a field's place in the schema."""
    return f"{parent.name}.{name}"


def _shortened(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else f"{key[: LONGEST_KEY - 1]}…"
