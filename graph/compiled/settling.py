"""Awaiting a column: by item, each with its own result or failure."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from graph.compiled.failure import SKIPPED
from graph.compiled.run import PendingColumn, Run, take_exception

GRACE = 1.0
"""Seconds that what was cancelled has to end; what takes longer is left to itself."""
PATIENCE = 0.005
"""Seconds after which each item of a column is watched for a failure: most columns are there before that pays."""


class Covered(Exception):
    """A column that cannot be null has failed for all its parents: what their other fields wait for is not needed."""


async def side_by_side(
    columns: Sequence[PendingColumn], run: Run, tasks: list[asyncio.Task[Sequence[Any]]] | None = None
) -> list[Sequence[Any]]:
    """Await columns, each in a task; the first that raises ends the others, and its exception passes on as it is.

    `tasks` is filled with the tasks. What is covered goes on until the run ends: it may wait for what other places wait
    for too, as with data loaders, and a cancel would reach that. This is no TaskGroup, for in Python 3.11 the parent of
    a failed child stays counted as being cancelled: an expiry and a cancel of the caller could not be told apart.
    """
    if len(columns) == 1:
        return [await columns[0]]
    tasks = [] if tasks is None else tasks
    loop = asyncio.get_running_loop()
    tasks.extend(map(loop.create_task, columns))
    try:
        await _first_failure(tasks, loop)
    except BaseException:
        await stop(tasks)
        raise
    if pending := [task for task in tasks if not task.done()]:
        if any(type(_error(task)) is Covered for task in tasks):
            run.leave(pending)
        else:
            await stop(pending)
    raised = [error for error in map(_error, tasks) if error is not None]
    if raised:
        raise next((error for error in raised if not isinstance(error, Covered)), raised[0])
    return [task.result() for task in tasks]


def _first_failure(tasks: Sequence[asyncio.Future[Any]], loop: asyncio.AbstractEventLoop) -> asyncio.Future[None]:
    """Return a future that is done when all tasks are, or one has failed: `asyncio.wait` at a third of its calls."""
    known: asyncio.Future[None] = loop.create_future()
    left = len(tasks)

    def ended(task: asyncio.Future[Any]) -> None:
        nonlocal left
        left -= 1
        if (not left or _error(task) is not None) and not known.done():
            known.set_result(None)

    for task in tasks:
        task.add_done_callback(ended)
    return known


async def settle(values: Sequence[Any], run: Run, *, stops: bool = False) -> list[Any]:
    """Await the awaitables among the values, all at once.

    With `stops`, the first failure makes a place around all of them null: the others are skipped.
    At the operation's expiry what is not done is cancelled, waited for, and fails with the expiry's own error. A cancel
    of the caller reaches every item before it passes on.
    """
    out = list(values)
    is_awaitable = run.facts.is_awaitable
    places = [place for place, value in enumerate(out) if is_awaitable(value)]
    if len(places) == 1:
        out[places[0]] = await settle_one(out[places[0]], run)
        return out
    futures: list[asyncio.Future[Any]] = []
    late = None
    try:
        futures.extend(asyncio.ensure_future(out[place]) for place in places)
        await run.wait(_all_done(futures, stops=stops))
        if stops:
            run.leave(futures)
    except Exception as error:  # noqa: BLE001 - whatever ends the wait is the failure of the items not done
        late = error
        await stop(futures)
    except BaseException:
        await stop(futures)
        raise
    for place, future in zip(places, futures, strict=False):
        out[place] = _outcome(future, late, run)
    for place in places[len(futures) :]:
        out[place] = run.fail(late or RuntimeError("a field was not awaited"))
    return out


def _error(task: asyncio.Future[Any]) -> BaseException | None:
    return task.exception() if task.done() and not task.cancelled() else None


async def settle_one(awaitable: Any, run: Run) -> Any:
    """Await one value; its failure is returned."""
    try:
        return await run.wait(awaitable)
    except Exception as error:  # noqa: BLE001 - becomes the field's error
        return run.fail(error)


async def _all_done(futures: list[asyncio.Future[Any]], *, stops: bool) -> None:
    """Await one after the other: all run already, and most are done when the first one is.

    With `stops`, this ends at a failure.
    """
    if stops:
        await asyncio.wait(futures[:1], timeout=PATIENCE)
        pending = [future for future in futures if not future.done()]
        if pending and not any(map(_error, futures)):
            await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
        return
    for future in futures:
        if future.done():
            continue
        try:
            await future
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not future.done() or (task is not None and task.cancelling()):
                raise
        except Exception:  # noqa: BLE001, S110 - read from the future later, item by item
            pass


async def stop(futures: Collection[asyncio.Future[Any]]) -> None:
    """Cancel what is not done, and wait until it has ended; what does not answer its cancel is left to itself."""
    pending = [future for future in futures if not future.done()]
    for future in pending:
        future.cancel()
    if pending:
        await asyncio.wait(pending, timeout=GRACE)
    for future in futures:
        future.add_done_callback(take_exception)


def _outcome(future: asyncio.Future[Any], late: Exception | None, run: Run) -> Any:
    if not future.done():
        return SKIPPED if late is None else run.fail(late)
    if future.cancelled():
        if late is None:
            raise asyncio.CancelledError
        return run.fail(late)
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, Exception):
        return run.fail(error)
    raise error
