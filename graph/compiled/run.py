"""The state of one run of a plan."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from inspect import CORO_CREATED, getcoroutinestate, iscoroutine
from typing import Any, TypeAlias

from graphql.execution.values import VariableValues

from graph.compiled.facts import TypeFacts
from graph.compiled.failure import Failure
from graph.compiled.timing import Timing

Wait = Callable[[Awaitable[Any]], Awaitable[Any]]
"""What every awaited thing passes through: deadlines live there."""

PendingColumn: TypeAlias = Coroutine[Any, Any, Sequence[Any]]


class Run:
    """What the columns of one run share."""

    __slots__ = (
        "_failures",
        "awaited",
        "background",
        "context",
        "facts",
        "failed",
        "held",
        "helpers",
        "left",
        "opened",
        "root",
        "skipped",
        "timing",
        "under_way",
        "variables",
        "wait",
    )

    def __init__(
        self,
        facts: TypeFacts,
        root: Any,
        context: Any,
        variables: VariableValues,
        wait: Wait,
        timing: Timing | None = None,
    ) -> None:
        self.facts = facts
        self.root = root
        self.context = context
        self.variables = variables
        self.wait = wait
        self.timing = timing
        self.failed = False
        self.skipped = False
        self._failures: list[Failure] = []
        self.held: list[PendingColumn] = []
        self.left: list[asyncio.Future[Any]] = []
        self.opened: list[Sequence[Any]] = []
        self.background: set[Any] | None = None
        self.helpers: Any = None
        self.awaited: set[Any] = set()
        self.under_way = 0  # fields that are pending at the level that is being started, and could be awaited in turn

    def fail(self, error: Exception, before: Sequence[Any] = ()) -> Failure:
        """Return the sentinel of an error; the data need a repair from now on."""
        self.failed = True
        failure = Failure(error, before)
        self._failures.append(failure)
        return failure

    def open(self, values: Sequence[Any]) -> None:
        """Remember values that are about to be awaited."""
        self.opened.append(values)

    def hold(self, column: PendingColumn) -> PendingColumn:
        """Remember a column that is still to be awaited."""
        self.held.append(column)
        return column

    def skip(self, values: Sequence[Any] = ()) -> None:
        """Say that something is not awaited any more, because a null covers it; `values` are not even looked at."""
        self.skipped = True
        if values:
            self.open(values)

    def leave(self, futures: Iterable[asyncio.Future[Any]]) -> None:
        """Let go on, until the run ends, what a null covers."""
        left = [future for future in futures if not future.done()]
        self.left += left
        self.skipped = self.skipped or bool(left)

    def forget(self) -> None:
        """Take the errors out of the columns: a traceback holds the frames of callers, whose columns hold the error."""
        for failure in self._failures:
            del failure.error
        self._failures.clear()

    def abandon(self) -> None:
        """Close the coroutines that the run has not come to; nobody asks any more what other futures come to."""
        for values in (self.held, *self.opened):
            for value in values:
                if iscoroutine(value):
                    if getcoroutinestate(value) == CORO_CREATED:
                        value.close()
                elif asyncio.isfuture(value):
                    value.add_done_callback(take_exception)


def take_exception(future: asyncio.Future[Any]) -> None:
    """Take what a future failed with, so that asyncio does not complain of what nobody asked for."""
    if not future.cancelled():
        future.exception()
