"""The base loader keeps its promises under failure, cancellation and delay; each was once broken by a real client."""

import asyncio
from typing import Any

import pytest

from loaders.base import Loader
from loaders.context import LANES, RequestContext
from ops.errors import Unavailable
from tests.loaders.echo import Echo


async def test_one_turn_makes_one_batch_with_a_statement_per_segment(context: RequestContext) -> None:
    """Keys asked for together are one batch; what they share decides the statements; equal keys are one."""
    echo = context.loader(Echo)
    answers = await asyncio.gather(*(echo.load(key) for key in [("A", 1), ("B", 1), ("A", 2), ("A", 1)]))
    assert answers == ["A:1", "B:1", "A:2", "A:1"]
    assert sorted(echo.calls) == [((1,), ["A", "B"]), ((2,), ["A"])]
    assert [(record.loader, record.keys, record.segments) for record in context.ledger] == [("Echo", 3, 2)]


async def test_many_keys_are_cut_by_segment(context: RequestContext) -> None:
    """Thousands of keys are still one batch; only a segment of more params than a statement takes is cut in two."""
    echo = context.loader(Echo)
    keys = [(f"S{number}", segment) for number in range(Echo.statement_params + 1) for segment in (1, 2, 3)]
    answers = await asyncio.gather(*map(echo.load, keys))
    assert answers == [f"{symbol}:{segment}" for symbol, segment in keys]
    assert sorted((segment, len(params)) for segment, params in echo.calls) == [
        ((segment,), size) for segment in (1, 2, 3) for size in (1, Echo.statement_params)
    ]
    assert [(record.keys, record.segments) for record in context.ledger] == [(len(keys), 6)]


async def test_a_cancelled_waiter_disturbs_no_other(context: RequestContext) -> None:
    """Two rows wait for one key; cancelling one leaves the other its answer."""
    echo = context.loader(Echo)
    first, second = echo.load(("A", 1)), echo.load(("A", 1))
    first.cancel()
    assert await second == "A:1"
    assert first.cancelled()


async def test_cancellation_inside_a_batch_settles_every_waiter(
    context: RequestContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver that raises CancelledError must not leave anyone hanging."""

    async def cancelled(self: Echo, segment: tuple[Any, ...], params: list[str]) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(Echo, "behave", cancelled)
    echo = context.loader(Echo)
    async with asyncio.timeout(30):
        outcomes = await asyncio.gather(echo.load(("A", 1)), echo.load(("B", 1)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable, Unavailable]


async def test_a_failure_is_not_remembered(context: RequestContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failed batch the same key may be asked again, and is fetched again."""

    async def broken(self: Echo, segment: tuple[Any, ...], params: list[str]) -> None:
        raise Unavailable("down")

    echo = context.loader(Echo)
    with monkeypatch.context() as patch:
        patch.setattr(Echo, "behave", broken)
        with pytest.raises(Unavailable):
            await echo.load(("A", 1))
    assert await echo.load(("A", 1)) == "A:1"


async def test_a_failing_segment_fails_its_own_keys_only(
    context: RequestContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Aliases with other arguments keep their answers."""

    async def second_fails(self: Echo, segment: tuple[Any, ...], params: list[str]) -> None:
        if segment == (2,):
            raise Unavailable("down")

    monkeypatch.setattr(Echo, "behave", second_fails)
    echo = context.loader(Echo)
    good, bad = await asyncio.gather(echo.load(("A", 1)), echo.load(("A", 2)), return_exceptions=True)
    assert good == "A:1"
    assert isinstance(bad, Unavailable)


async def test_a_param_without_answer_fails_alone(context: RequestContext) -> None:
    """A row that storage forgot is an error of its own field, and not kept."""
    echo = context.loader(Echo)
    good, bad = await asyncio.gather(echo.load(("A", 1)), echo.load(("NONE", 1)), return_exceptions=True)
    assert good == "A:1"
    assert isinstance(bad, LookupError)


async def test_segments_run_in_bounded_lanes(context: RequestContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred argument sets do not take a hundred connections at once."""

    async def slow(self: Echo, segment: tuple[Any, ...], params: list[str]) -> None:
        await asyncio.sleep(0.001)

    monkeypatch.setattr(Echo, "behave", slow)
    echo = context.loader(Echo)
    await asyncio.gather(*(echo.load(("A", number)) for number in range(100)))
    assert echo.most == LANES


async def test_closing_the_context_stops_running_batches(
    context: RequestContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the client leaves, its batches end: the waiter learns it, and nothing starts any more."""
    started = asyncio.Event()
    ended = asyncio.Event()

    async def forever(self: Echo, segment: tuple[Any, ...], params: list[str]) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr(Echo, "behave", forever)
    echo = context.loader(Echo)
    waiter = echo.load(("A", 1))
    await started.wait()
    await context.aclose()
    assert ended.is_set()
    with pytest.raises(Unavailable):
        await waiter
    with pytest.raises(Unavailable):
        await echo.load(("B", 1))


async def test_a_loader_lives_for_one_context(context: RequestContext) -> None:
    """Two operations never share a loader, so no answer outlives its operation."""
    other = RequestContext(context.session, context.settings, context.now)
    assert context.loader(Echo) is context.loader(Echo)
    assert context.loader(Echo) is not other.loader(Echo)


async def test_a_loader_that_says_nothing_fails_loudly(context: RequestContext) -> None:
    """Forgetting `split` is an error at the first load, not an empty answer."""
    with pytest.raises(TypeError, match="does not say how a key splits"):
        await Loader[str, Any, Any, Any](context).load("A")
