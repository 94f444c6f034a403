"""A plan: one operation of one document, ready to run any number of times, also at once."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import setitem
from typing import Any

import msgspec
from graphql import GraphQLError
from graphql.execution.values import VariableValues

from graph.compiled.completion import Pending, is_pending
from graph.compiled.facts import TypeFacts
from graph.compiled.repair import Position, Propagation, Repair
from graph.compiled.run import Run, Wait
from graph.compiled.selection import Selection
from graph.compiled.serial import Serial
from graph.compiled.settling import stop
from graph.compiled.timing import TimedField, Timing

_CALM = frozenset({"typename", "attribute", "batch"})


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to: `data` encodes as graphql-core's dictionary would; errors have nodes, path and cause."""

    data: msgspec.Struct | None
    errors: list[GraphQLError]


class Plan:
    """A compiled operation; holds nothing of any run. `kinds` counts its field paths by the way they are resolved.

    `calm` says that all that it awaits are columns of batches, which loaders run in tasks that are cancelled at once.
    Any other resolver might take its time over being cancelled, so it is to run where it can be given up.
    `columns` are its field paths that have a resolver, by the numbers by which a `Timing` hears of them.
    """

    __slots__ = ("_facts", "_root", "_serially", "calm", "columns", "kinds")

    def __init__(
        self,
        root: Selection,
        facts: TypeFacts,
        kinds: dict[str, int],
        columns: Sequence[TimedField] = (),
        *,
        serially: bool,
    ) -> None:
        self._root = root
        self._facts = facts
        self._serially = serially
        self.kinds = kinds
        self.columns = tuple(columns)
        self.calm = kinds.keys() <= _CALM

    @property
    def size(self) -> int:
        """The number of field paths."""
        return sum(self.kinds.values())

    def run(
        self, root: Any, context: Any, variable_values: VariableValues, wait: Wait, timing: Timing | None = None
    ) -> Result | Awaitable[Result]:
        """Execute the operation; awaitable only when some field was. Cancelling it ends everything that it started."""
        run = Run(self._facts, root, context, variable_values, wait, timing)
        if self._serially:
            return self._run_serially(root, run)
        try:
            completed = self._root.run([root], run, self._facts[type(root)])
        except BaseException:
            run.abandon()
            raise
        if is_pending(completed):
            return self._later(completed, run)  # type: ignore[arg-type]  # told by is_pending
        return self._finished(completed[0], run)  # type: ignore[index]  # not pending

    async def _later(self, pending: Pending, run: Run) -> Result:
        try:
            (struct,) = await pending
        except BaseException:
            run.abandon()
            raise
        finally:
            if run.left:
                await stop(run.left)
        return self._finished(struct, run)

    def _run_serially(self, root: Any, run: Run) -> Result | Awaitable[Result]:
        serial = Serial(self._root, root, run)
        try:
            rest = serial.work()
        except BaseException:
            run.abandon()
            raise
        return _serial_result(serial, run) if rest is None else _serial_result_later(serial, rest, run)

    def _finished(self, struct: msgspec.Struct, run: Run) -> Result:
        if not run.failed:
            return Result(struct, [])
        if run.skipped:
            run.abandon()
        repair = Repair(run.awaited)
        data: list[msgspec.Struct | None] = [struct]
        whole = Position(None, partial(setitem, data, 0), required=False)
        try:
            self._root.repair(struct, [], whole, repair)
            repair.finish()
        except Propagation as failed:
            repair.errors.append(failed.error)
            data[0] = None
        run.forget()
        return Result(data[0], repair.errors)


def _serial_result(serial: Serial, run: Run) -> Result:
    if run.skipped:
        run.abandon()
    run.forget()
    return Result(serial.data, serial.errors)


async def _serial_result_later(serial: Serial, rest: Awaitable[None], run: Run) -> Result:
    try:
        await rest
    except BaseException:
        run.abandon()
        raise
    finally:
        if run.left:
            await stop(run.left)
    return _serial_result(serial, run)
