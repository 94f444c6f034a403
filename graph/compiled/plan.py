"""A plan: one operation of one document, ready to run any number of times, also at once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from graphql import GraphQLError
from graphql.execution.values import VariableValues

Wait = Callable[[Awaitable[Any]], Awaitable[Any]]
"""What every awaited thing passes through: deadlines live there."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to: `data` encodes as graphql-core's dictionary would; errors have nodes, path and cause."""

    data: msgspec.Struct | None
    errors: list[GraphQLError]


class Plan:
    """A compiled operation."""

    def run(self, root: Any, context: Any, variable_values: VariableValues, wait: Wait) -> Result | Awaitable[Result]:
        """Execute the operation; awaitable only when some field was."""
        raise NotImplementedError
