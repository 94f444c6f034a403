"""Awaiting a column: by item, each with its own result or failure."""

import asyncio
from collections.abc import Sequence
from typing import Any

from graph.compiled.run import Run


async def settle(values: Sequence[Any], run: Run) -> list[Any]:
    """Await the awaitables among the values, all at once.

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
        await run.wait(_all_done(futures))
    except Exception as error:  # noqa: BLE001 - whatever ends the wait is the failure of the items not done
        late = error
        await _stop(futures)
    except BaseException:
        await _stop(futures)
        raise
    for place, future in zip(places, futures, strict=False):
        out[place] = _outcome(future, late, run)
    for place in places[len(futures) :]:
        out[place] = run.fail(late or RuntimeError("a field was not awaited"))
    return out


async def settle_one(awaitable: Any, run: Run) -> Any:
    """Await one value; its failure is returned."""
    try:
        return await run.wait(awaitable)
    except Exception as error:  # noqa: BLE001 - becomes the field's error
        return run.fail(error)


async def _all_done(futures: list[asyncio.Future[Any]]) -> None:
    """Await one after the other: all run already, and most are done when the first one is."""
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


async def _stop(futures: list[asyncio.Future[Any]]) -> None:
    pending = [future for future in futures if not future.done()]
    for future in pending:
        future.cancel()
    if pending:
        await asyncio.wait(pending)
    for future in futures:
        if not future.cancelled():
            future.exception()  # taken: nobody asks any more, and asyncio complains of what was never asked for


def _outcome(future: asyncio.Future[Any], late: Exception | None, run: Run) -> Any:
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
