"""Fields that are resolved for all parents at once."""

from collections.abc import Callable, Sequence
from functools import partial
from types import CoroutineType
from typing import Any

from graph.compiled.arguments import Arguments
from graph.compiled.completion import Column, Completer, Pending
from graph.compiled.failure import Failure
from graph.compiled.fields import ResolvedField
from graph.compiled.info import RawInfo
from graph.compiled.run import Run
from graph.compiled.site import Site
from graph.compiled.timing import Timing


class BatchField(ResolvedField):
    """A function over all parents at once."""

    __slots__ = ("_arguments", "_function", "_waits_alone")
    kind = "batch"

    def is_stepwise(self) -> bool:
        """Batches are called once."""
        return False

    def __init__(self, site: Site, completer: Completer, function: Callable[..., Any], arguments: Arguments) -> None:
        super().__init__(site, completer)
        self._function = function
        self._arguments = arguments
        self._waits_alone = completer.final and not completer.required

    def start(self, parents: Sequence[Any], run: Run) -> Column | Pending:
        """Call the function; what it returns or raises is shared out by item."""
        timing = run.timing
        if timing is not None:
            timing.begin(self.site.column, len(parents))
        try:
            info = self._arguments.info(RawInfo(self.site, run))
            result = self._function(list(parents), info, **self._arguments.read(run.variables, info))
        except Exception as error:  # noqa: BLE001 - becomes the error of each parent's field
            result = run.fail(error)
        if type(result) is not list and run.facts.is_awaitable(result):
            run.opened.append([result])
            is_future = hasattr(result, "done")
            if timing is not None and is_future and result.done():
                timing.end(self.site.column)  # awaiting it comes after the columns beside it have begun
                timing = None
            if self._waits_alone and is_future:
                run.under_way += 1
                if timing is not None and run.under_way > 1 and hasattr(result, "add_done_callback"):
                    timing = _Ending(timing)  # it is awaited after others, perhaps long after it has come
                    result.add_done_callback(partial(timing.end_at_once, self.site.column))
            later = self._later(result, len(parents), run, timing)
            run.held.append(later)
            return later
        if timing is not None:
            timing.end(self.site.column)
        return self._share(result, len(parents), run)

    async def _later(self, awaitable: Any, count: int, run: Run, timing: Timing | None) -> Column:
        if timing is not None and not hasattr(awaitable, "add_done_callback"):  # a future works elsewhere
            timing.resume(self.site.column)
        try:
            result = await run.wait(awaitable)
        except Exception as error:  # noqa: BLE001 - becomes the error of each parent's field
            result = run.fail(error)
        finally:
            if timing is not None:
                timing.end(self.site.column)
        shared = self._share(result, count, run)
        return await shared if type(shared) is CoroutineType else shared  # type: ignore[return-value]  # not awaited

    def _share(self, result: Any, count: int, run: Run) -> Column | Pending:
        if (type(result) is list or isinstance(result, list | tuple)) and len(result) == count:
            return self._complete(result, run)
        if type(result) is not Failure:
            result = run.fail(result if isinstance(result, Exception) else _misfit(self.site, result, count))
        return self._complete([result] * count, run)


class _Ending:
    """A timing of one column that ends when a future calls back, or when it was awaited, if that comes first.

    It does where the columns before it were the last to be waited for: nothing lets the loop call back in between.
    """

    __slots__ = ("_ended", "_timing")

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._ended = False

    def begin(self, column: int, parents: int) -> None:
        """Pass it on."""
        self._timing.begin(column, parents)

    def resume(self, column: int) -> None:
        """Pass it on."""
        self._timing.resume(column)

    def end(self, column: int) -> None:
        """Note the end, unless it was noted."""
        if not self._ended:
            self._ended = True
            self._timing.end(column)

    def end_at_once(self, column: int, _future: Any) -> None:
        """Note it when the future has come."""
        self.end(column)


def _misfit(site: Site, result: Any, count: int) -> TypeError:
    what = f"{len(result)} items" if isinstance(result, list | tuple) else type(result).__name__
    return TypeError(f"The batch of {site.parent_type}.{site.name} gave {what} for {count} parents, not a list as long")
