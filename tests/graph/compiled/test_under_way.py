"""Batches that are under way whether awaited or not: no task each, and nothing lost, delayed or left behind for it."""

import asyncio
import gc
from typing import Any

import msgspec
import pytest
import strawberry

from graph.compiled import BATCH, Result
from graph.expiry import Expiry
from ops.errors import DeadlineExceeded
from tests.graph.compiled.running import answer, plain_wait

TASKS: list[int] = []


def _when(seconds: float, values: list[Any]) -> "asyncio.Future[list[Any]]":
    """Return a future that somebody else will settle, and note how many tasks there are then."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[list[Any]] = loop.create_future()

    def settle() -> None:
        TASKS.append(len(asyncio.all_tasks()))
        if not future.done():
            future.set_result(values)

    loop.call_later(seconds, settle)
    return future


def soon(parents: list[Any], info: strawberry.Info) -> Any:
    """Give the numbers a little later."""
    return _when(0.001, [parent.number for parent in parents])


def never(parents: list[Any], info: strawberry.Info) -> Any:
    """Hang."""
    return _when(3_600, [])


def broken(parents: list[Any], info: strawberry.Info) -> Any:
    """Fail the second."""
    return _when(0.001, [0, ValueError("broken"), 2])


async def begun(parents: list[Any], info: strawberry.Info) -> list[Any]:
    """Ask only once it runs: what it asks must be under way beside the others."""
    info.context.append(len(parents))
    return await _when(0.001, [Item(number=parent.number + 10) for parent in parents])


async def _of_one(number: int) -> int:
    return number


@strawberry.type
class Item:
    """A number, by ways that take their time."""

    number: int

    @strawberry.field(metadata={BATCH: soon})
    async def sooner(self) -> int | None:
        """Answer soon."""
        return await _of_one(self.number)

    @strawberry.field(metadata={BATCH: soon})
    async def required(self) -> int:
        """Answer soon, and never null."""
        return await _of_one(self.number)

    @strawberry.field(metadata={BATCH: never})
    async def never(self) -> int | None:
        """Hang."""
        return await _of_one(self.number)

    @strawberry.field(metadata={BATCH: broken})
    async def broken(self) -> int | None:
        """Fail the second."""
        return await _of_one(self.number)

    @strawberry.field(metadata={BATCH: begun})
    async def begun(self) -> "Item | None":
        """Begin when awaited."""
        return Item(number=await _of_one(self.number))


@strawberry.type
class Query:
    """Some items."""

    @strawberry.field
    def items(self) -> list[Item]:
        """Give three."""
        return [Item(number=number) for number in range(3)]


SCHEMA = strawberry.Schema(Query)


def data_of(result: Result) -> list[Any]:
    """Return the items."""
    items: list[Any] = msgspec.json.decode(msgspec.json.encode(result.data))["items"]
    return items


@pytest.fixture(autouse=True)
def forget() -> None:
    """Start without notes."""
    TASKS.clear()


async def test_they_take_no_task_of_their_own() -> None:
    """Two of them are awaited in the caller's own task; one that must not be null is watched in a task, as before."""
    before = len(asyncio.all_tasks())
    result = await answer(SCHEMA, "{ items { a: sooner b: sooner } }")
    assert data_of(result)[2] == {"a": 2, "b": 2}
    assert set(TASKS) == {before}
    TASKS.clear()
    result = await answer(SCHEMA, "{ items { a: sooner b: required } }")
    assert data_of(result)[2] == {"a": 2, "b": 2}
    assert min(TASKS) > before


async def test_what_came_in_time_stands_beside_what_did_not() -> None:
    """The one that hangs is awaited first: when its time is over, the other's values are there, and are returned."""
    with Expiry(0.05) as expiry:
        result = await answer(SCHEMA, "{ items { never sooner } }", wait=expiry.wait)
    assert data_of(result) == [{"never": None, "sooner": number} for number in range(3)]
    assert [error.path for error in result.errors] == [["items", number, "never"] for number in range(3)]
    assert all(isinstance(error.original_error, DeadlineExceeded) for error in result.errors)


async def test_what_is_late_fails_wherever_it_stands() -> None:
    """Both hang, and both fail at the end, not one after the other."""
    with Expiry(0.05) as expiry:
        result = await answer(SCHEMA, "{ items { a: never b: never } }", wait=expiry.wait)
    assert len(result.errors) == 6
    assert all(isinstance(error.original_error, DeadlineExceeded) for error in result.errors)


async def test_one_item_fails_alone() -> None:
    """Its place is null, with the error there."""
    result = await answer(SCHEMA, "{ items { broken sooner } }")
    assert [item["broken"] for item in data_of(result)] == [0, None, 2]
    assert [(error.message, error.path) for error in result.errors] == [("broken", ["items", 1, "broken"])]


async def test_what_begins_when_awaited_begins_beside_the_others() -> None:
    """A coroutine is no work under way: it is not put off until a future before it is done, at any level."""
    asked: list[int] = []

    async def wait(awaitable: Any) -> Any:
        if asyncio.isfuture(awaitable) and not awaitable.done():
            await asyncio.sleep(0)
            assert asked == [3]
        return await plain_wait(awaitable)

    await answer(SCHEMA, "{ items { sooner begun { number } } }", wait=wait, context=asked)
    asked.clear()
    await answer(SCHEMA, "{ items { sooner begun { a: sooner b: sooner } } }", context=asked)
    assert asked == [3]


@pytest.mark.parametrize("turns", range(4))
async def test_a_cancelled_run_leaves_nothing_behind(turns: int) -> None:
    """Columns that were not come to are closed: asyncio has nothing to warn of."""
    before = asyncio.all_tasks()
    task = asyncio.create_task(answer(SCHEMA, "{ items { a: never b: never c: sooner } }"))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() == before
    gc.collect()
