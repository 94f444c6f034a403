"""The state of one run of a plan."""

from collections.abc import Awaitable, Callable, Sequence
from inspect import CORO_CREATED, getcoroutinestate, iscoroutine
from typing import Any

from graphql.execution.values import VariableValues

from graph.compiled.facts import TypeFacts
from graph.compiled.failure import Failure

Wait = Callable[[Awaitable[Any]], Awaitable[Any]]
"""What every awaited thing passes through: deadlines live there."""


class Run:
    """What the columns of one run share."""

    __slots__ = ("awaited", "background", "context", "facts", "failed", "opened", "root", "variables", "wait")

    def __init__(self, facts: TypeFacts, root: Any, context: Any, variables: VariableValues, wait: Wait) -> None:
        self.facts = facts
        self.root = root
        self.context = context
        self.variables = variables
        self.wait = wait
        self.failed = False
        self.opened: list[Sequence[Any]] | None = None
        self.background: set[Any] | None = None
        self.awaited: set[Any] = set()

    def fail(self, error: Exception, before: Sequence[Any] = ()) -> Failure:
        """Return the sentinel of an error; the data need a repair from now on."""
        self.failed = True
        return Failure(error, before)

    def open(self, values: Sequence[Any]) -> None:
        """Remember values that are about to be awaited."""
        if self.opened is None:
            self.opened = []
        self.opened.append(values)

    def abandon(self) -> None:
        """Close the coroutines that a run which broke off has not come to."""
        for values in self.opened or ():
            for value in values:
                if iscoroutine(value) and getcoroutinestate(value) == CORO_CREATED:
                    value.close()
