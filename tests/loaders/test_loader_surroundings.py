"""Loaders beside each other, beside their operation's variables, and after everybody left."""

import ast
import asyncio
import gc
from contextvars import ContextVar
from pathlib import Path
from typing import Any, ClassVar

import pytest

import loaders
from loaders.context import LANES, RequestContext
from loaders.shapes import WholeLoader
from ops.errors import Unavailable
from tests.loaders.echo import Echo, make_context

SPAN: ContextVar[str] = ContextVar("span")


class Chained(WholeLoader[int, str]):
    """Answers by another loader."""

    takes_lane: ClassVar[bool] = False

    async def fetch_one(self, key: int) -> str:
        """Ask the other."""
        return await self.context.loader(Echo).load(("A", key))


async def test_loaders_that_wait_for_loaders_hold_no_lane(context: RequestContext) -> None:
    """Were every lane held by a segment that waits, the loader that it waits for would never get one."""
    chained = context.loader(Chained)
    async with asyncio.timeout(30):
        answers = await asyncio.gather(*(chained.load(number) for number in range(LANES * 3)))
    assert answers == [f"A:{number}" for number in range(LANES * 3)]
    assert context.loader(Echo).most <= LANES


def test_every_loader_that_awaits_another_takes_no_lane() -> None:
    """A new loader cannot forget it."""
    asking, laneless = set(), set()
    for path in Path(loaders.__path__[0]).glob("*_by_*.py"):
        for kind in (node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)):
            calls = [node.func for node in ast.walk(kind) if isinstance(node, ast.Call)]
            if any(isinstance(called, ast.Attribute) and called.attr in {"load", "load_many"} for called in calls):
                asking.add(kind.name)
            if "takes_lane: ClassVar[bool] = False" in map(ast.unparse, kind.body):
                laneless.add(kind.name)
    assert asking == laneless == {"RankingBySelection"}


async def test_a_batch_runs_in_the_variables_of_its_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch that answers all rows sees what the operation set, not what the first row's task did."""
    seen: list[str] = []

    async def look(self: Echo, segment: tuple[Any, ...], params: list[str]) -> None:
        seen.append(SPAN.get())

    async def row(echo: Echo, symbol: str) -> str:
        SPAN.set(f"row {symbol}")
        return await echo.load((symbol, 1))

    monkeypatch.setattr(Echo, "behave", look)
    SPAN.set("operation")
    echo = make_context().loader(Echo)
    await asyncio.gather(row(echo, "A"), row(echo, "B"))
    assert seen == ["operation"]


async def test_failures_that_nobody_waits_for_are_not_reported(
    context: RequestContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiters that were cancelled or dropped, and keys that came after the end, leave nothing in asyncio's log."""

    async def broken(self: Echo, segment: tuple[Any, ...], params: list[str]) -> None:
        await asyncio.sleep(0)
        raise Unavailable("down")

    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, about: complaints.append(about))
    monkeypatch.setattr(Echo, "behave", broken)
    echo = context.loader(Echo)
    waiters = [echo.load(("A", 1)), echo.load(("B", 1)), echo.load(("C", 2))]
    waiters[0].cancel()
    with pytest.raises(Unavailable):
        await waiters[2]
    await context.aclose()
    waiters.append(echo.load(("D", 1)))
    await asyncio.wait(waiters, timeout=30)
    assert [waiter.done() for waiter in waiters] == [True] * 4
    waiters.clear()
    gc.collect()
    assert complaints == []


async def test_a_closed_operation_runs_no_batch(context: RequestContext) -> None:
    """Keys asked for after the end are refused without a call, one turn later like any answer."""
    echo = context.loader(Echo)
    await context.aclose()
    with pytest.raises(Unavailable, match="stopped"):
        await echo.load(("A", 1))
    assert echo.calls == []
    assert context.ledger == []
