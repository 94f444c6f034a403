"""Columns of keys keep the promises of single keys: one batch, nothing lost, nobody hanging, each failure alone."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from loaders.base import Loader
from loaders.context import RequestContext
from ops.errors import Unavailable
from tests.loaders.echo import Echo

Answers = list[Any]


async def answers(column: Answers | Awaitable[Answers]) -> Answers:
    """Return a column's answers, known or awaited, within a deadline."""
    if isinstance(column, list):
        return column
    async with asyncio.timeout(30):
        return await column


async def test_columns_and_single_keys_of_one_turn_are_one_batch(context: RequestContext) -> None:
    """However they are asked for, and in whatever order, they share the statement of their segment."""
    echo = context.loader(Echo)
    segment, single = echo.load_segment((1,), ["A", "B"]), echo.load(("C", 1))
    column, again = echo.load_column([("D", 2), ("A", 1), ("D", 1)]), echo.load_segment((1,), ("A",))
    assert await answers(segment) == ["A:1", "B:1"]
    assert await single == "C:1"
    assert await answers(column) == ["D:2", "A:1", "D:1"]
    assert await answers(again) == ["A:1"]
    assert {segment: sorted(params) for segment, params in echo.calls} == {(1,): ["A", "B", "C", "D"], (2,): ["D"]}
    assert [(record.keys, record.segments) for record in context.ledger] == [(5, 2)]


async def test_a_single_key_asked_for_first_takes_the_column_along(context: RequestContext) -> None:
    """The library looks at its queue some turns later; a column of the same turn waits for it."""
    echo = context.loader(Echo)
    single = echo.load(("A", 1))
    column = echo.load_segment((1,), ["B"])
    assert (await single, await answers(column)) == ("A:1", ["B:1"])
    assert echo.calls == [((1,), ["B", "A"])]


async def test_a_column_keeps_order_and_repetitions(context: RequestContext) -> None:
    """The answer has the length of the question; what is asked twice is fetched once."""
    echo = context.loader(Echo)
    assert await answers(echo.load_segment((1,), ["B", "A", "B"])) == ["B:1", "A:1", "B:1"]
    assert echo.calls == [((1,), ["B", "A"])]
    assert await answers(echo.load_column([])) == []


async def test_known_answers_come_at_once(context: RequestContext) -> None:
    """What the operation has read, by column or by key, or was told of, is a list without a turn of the loop."""
    echo = context.loader(Echo)
    echo.remember((1,), {"M": "told"})
    await answers(echo.load_segment((1,), ["A"]))
    await echo.load(("B", 1))
    assert echo.load_segment((1,), ["B", "A", "M"]) == ["B:1", "A:1", "told"]
    assert await echo.load_column([("A", 1), ("M", 1)]) == ["A:1", "told"]
    assert await echo.load(("M", 1)) == "told"
    assert [params for _, params in echo.calls] == [["A"], ["B"]]


async def test_what_is_on_its_way_is_not_fetched_again(
    context: RequestContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later column takes known answers, waits for those under way, and fetches the rest only."""
    release = asyncio.Event()

    async def held(self: Echo, segment: tuple[Any, ...], params: list[str]) -> None:
        if params == ["B", "C"]:
            await release.wait()

    monkeypatch.setattr(Echo, "behave", held)
    echo = context.loader(Echo)
    await answers(echo.load_segment((1,), ["A"]))
    early = echo.load_segment((1,), ["B", "C"])
    await asyncio.sleep(0)
    late = echo.load_segment((1,), ["D", "C", "A", "B"])
    for _ in range(10):
        await asyncio.sleep(0)
    release.set()
    assert await answers(late) == ["D:1", "C:1", "A:1", "B:1"]
    assert await answers(early) == ["B:1", "C:1"]
    assert [params for _, params in echo.calls] == [["A"], ["B", "C"], ["D"]]


async def test_failures_are_items_and_not_remembered(context: RequestContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """A segment that fails fails its own items; one param without answer fails alone; both may be asked again."""

    async def second_fails(self: Echo, segment: tuple[Any, ...], params: list[str]) -> None:
        if segment == (2,):
            raise Unavailable("down")

    echo = context.loader(Echo)
    with monkeypatch.context() as patch:
        patch.setattr(Echo, "behave", second_fails)
        found = await answers(echo.load_column([("A", 1), ("NONE", 1), ("A", 2), ("B", 2)]))
    assert [type(one) for one in found] == [str, LookupError, Unavailable, Unavailable]
    assert await answers(echo.load_segment((2,), ["A", "B"])) == ["A:2", "B:2"]
    assert [type(one) for one in await answers(echo.load_segment((1,), ["A", "NONE"]))] == [str, LookupError]
    assert [params for _, params in echo.calls if "NONE" in params] == [["A", "NONE"], ["NONE"]]


async def test_a_cancelled_column_disturbs_no_other(context: RequestContext) -> None:
    """Two fields wait for the same rows; giving one up leaves the other its answers."""
    echo = context.loader(Echo)
    first, second = echo.load_segment((1,), ["A"]), echo.load_segment((1,), ["A", "B"])
    assert isinstance(first, asyncio.Future)
    first.cancel()
    assert await answers(second) == ["A:1", "B:1"]
    joined = echo.load_segment((1,), ["A", "C"])
    assert isinstance(joined, asyncio.Future)
    joined.cancel()
    assert await answers(echo.load_segment((1,), ["C"])) == ["C:1"]


async def test_a_batch_that_is_cancelled_answers_with_failures(
    context: RequestContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver that raises CancelledError, or an operation that ends, leaves no column hanging."""

    async def cancelled(self: Echo, segment: tuple[Any, ...], params: list[str]) -> None:
        raise asyncio.CancelledError

    echo = context.loader(Echo)
    with monkeypatch.context() as patch:
        patch.setattr(Echo, "behave", cancelled)
        found = await answers(echo.load_column([("A", 1), ("B", 2)]))
    assert [type(one) for one in found] == [Unavailable, Unavailable]
    assert await answers(echo.load_segment((1,), ["A"])) == ["A:1"]


async def test_a_batch_that_did_not_begin_answers_too(context: RequestContext) -> None:
    """The operation ends in the very turn of the asking, and once more is asked of it after its end."""
    echo = context.loader(Echo)
    column, single = echo.load_segment((1,), ["A"]), echo.load(("B", 1))
    await context.aclose()
    assert [type(one) for one in await answers(column)] == [Unavailable]
    with pytest.raises(Unavailable):
        await single
    assert [type(one) for one in await answers(echo.load_segment((1,), ["A"]))] == [Unavailable]
    assert echo.calls == []


async def test_long_columns_are_cut_into_statements(context: RequestContext) -> None:
    """A segment of more params than a statement takes is one batch of several, in the order that was asked."""
    echo = context.loader(Echo)
    symbols = [f"S{number}" for number in range(Echo.statement_params + 1)]
    assert await answers(echo.load_segment((1,), symbols)) == [f"{symbol}:1" for symbol in symbols]
    assert sorted(len(params) for _, params in echo.calls) == [1, Echo.statement_params]
    assert [(record.keys, record.segments) for record in context.ledger] == [(len(symbols), 2)]


async def test_forgotten_answers_are_fetched_again(context: RequestContext) -> None:
    """`clear` takes one answer away, `clear_all` every one."""
    echo = context.loader(Echo)
    echo.prime(("A", 1), "told").prime(("B", 1), "told")
    echo.clear(("A", 1))
    assert await answers(echo.load_segment((1,), ["A", "B"])) == ["A:1", "told"]
    echo.clear_all()
    assert await answers(echo.load_segment((1,), ["A", "B"])) == ["A:1", "B:1"]


async def test_a_column_of_a_loader_that_does_not_split_fails_at_once(context: RequestContext) -> None:
    """Wrong use is told where it happens, and leaves the loader whole."""
    with pytest.raises(TypeError, match="does not say how a key splits"):
        Loader[str, Any, Any, Any](context).load_column(["A"])
