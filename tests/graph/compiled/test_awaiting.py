"""Awaited fields: side by side, under the operation's deadline, and never left behind."""

import asyncio
import gc

import msgspec
import pytest
import strawberry

from graph.expiry import Expiry
from ops.errors import DeadlineExceeded
from tests.graph.compiled.running import answer

ENDED: list[str] = []


@strawberry.type
class Item:
    """One that answers, and one that hangs."""

    number: int

    @strawberry.field
    async def quick(self) -> int:
        """Answer in the next turn."""
        await asyncio.sleep(0)
        return self.number

    @strawberry.field
    async def slow(self) -> int | None:
        """Hang, but for the first."""
        try:
            await asyncio.sleep(0 if self.number == 0 else 3_600)
        finally:
            ENDED.append("slow")
        return self.number


@strawberry.type
class Query:
    """Items."""

    @strawberry.field
    async def items(self) -> list[Item]:
        """Give three."""
        return [Item(number=number) for number in range(3)]


SCHEMA = strawberry.Schema(Query)
TEXT = "{ items { quick slow } }"


@pytest.fixture(autouse=True)
def forget() -> None:
    """Start with nothing ended."""
    ENDED.clear()


async def test_what_is_late_fails_at_its_own_paths() -> None:
    """What was there by then stands; the others were cancelled, and are over."""
    with Expiry(0.05) as expiry:
        result = await answer(SCHEMA, TEXT, wait=expiry.wait)
    data = msgspec.json.decode(msgspec.json.encode(result.data))
    assert [item["quick"] for item in data["items"]] == [0, 1, 2]
    assert [item["slow"] for item in data["items"]] == [0, None, None]
    assert [error.path for error in result.errors] == [["items", 1, "slow"], ["items", 2, "slow"]]
    assert all(isinstance(error.original_error, DeadlineExceeded) for error in result.errors)
    assert ENDED == ["slow"] * 3


@pytest.mark.parametrize("turns", range(8))
async def test_a_cancelled_run_leaves_nothing_behind(turns: int) -> None:
    """At whatever turn: every task has ended when the cancel comes back, and asyncio has nothing to warn of."""
    before = asyncio.all_tasks()
    task = asyncio.create_task(answer(SCHEMA, TEXT))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() == before
    gc.collect()
