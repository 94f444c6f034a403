"""Each batch leaves a record: its number, who asked it for how much, and what it did, however it ended."""

import asyncio
from typing import Any

import pytest

from loaders.asking import ASKING
from loaders.context import RequestContext
from loaders.shapes import WholeLoader
from ops.operation_record import BATCH_AT_WORK
from tests.loaders.echo import Echo, make_context


class Second(Echo):
    """Another loader."""


class Asking(WholeLoader[str, str]):
    """A loader that asks another."""

    takes_lane = False

    async def fetch_one(self, key: str) -> str:
        """Ask it for one key."""
        return await self.context.loader(Echo).load((key, 1))


async def test_a_batch_knows_who_asked_for_how_much(context: RequestContext) -> None:
    """Two fields ask for three keys, one of them twice; keys without a field count as well."""
    echo = context.loader(Echo)
    ASKING.set(("first",))
    columns = [echo.load_segment((1,), ["A", "B"])]
    ASKING.set(("second",))
    columns.append(echo.load_segment((1,), ["B", "C"]))
    ASKING.set(())
    columns.append(echo.load_segment((2,), ["A"]))
    await asyncio.gather(*columns)  # type: ignore[arg-type]  # nothing is known yet
    (record,) = context.ledger
    assert (record.number, record.loader, record.keys, record.segments, record.asked) == (0, "Echo", 4, 2, 5)
    assert record.fields == ("first", "second")


async def test_a_field_that_joins_a_batch_under_way_asked_it_too(
    context: RequestContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes while the statement runs, and waits for the same answers."""
    gate, running = asyncio.Event(), asyncio.Event()

    async def wait(*_: Any) -> None:
        running.set()
        await gate.wait()

    monkeypatch.setattr(Echo, "behave", wait)
    echo = context.loader(Echo)
    ASKING.set(("first",))
    early = echo.load_segment((1,), ["A", "B"])
    await running.wait()
    ASKING.set(("second",))
    late = echo.load_segment((1,), ["B"])
    gate.set()
    await asyncio.gather(early, late)  # type: ignore[arg-type]  # nothing is known yet
    (record,) = context.ledger
    assert (record.keys, record.asked, record.fields) == (2, 3, ("first", "second"))
    assert context.remembered == []


async def test_keys_that_are_known_need_no_batch(context: RequestContext) -> None:
    """They are noted beside the batches, for the field that asked."""
    echo = context.loader(Echo)
    await echo.load_column([("A", 1), ("B", 1)])
    ASKING.set(("again",))
    assert echo.load_segment((1,), ["A", "B", "A"]) == ["A:1", "B:1", "A:1"]
    assert len(context.ledger) == 1
    (note,) = context.remembered
    assert (note.loader, note.keys, note.memory_hits, note.fields) == ("Echo", 3, 0, ("again",))


async def test_single_keys_are_asked_for_by_their_fields_too(context: RequestContext) -> None:
    """Their queue belongs to no field; who asked is carried along."""
    echo = context.loader(Echo)

    async def row(symbol: str) -> str:
        ASKING.set((f"field {symbol}",))
        return await echo.load((symbol, 1))

    await asyncio.gather(row("A"), row("B"))
    ASKING.set(("later",))
    await echo.load(("C", 1))
    assert [record.fields for record in context.ledger] == [("field A", "field B"), ("later",)]


async def test_a_single_key_that_is_known_is_no_part_of_the_next_batch(context: RequestContext) -> None:
    """Whoever asked for it has its answer; those that are queued count as often as they were asked for."""
    echo = context.loader(Echo)
    ASKING.set(("first",))
    await asyncio.gather(echo.load(("A", 1)), echo.load(("A", 1)))
    await echo.load(("A", 1))
    ASKING.set(("later",))
    await echo.load(("B", 1))
    found = [(record.fields, record.keys, record.asked) for record in context.ledger]
    assert found == [(("first",), 1, 2), (("later",), 1, 1)]


async def test_a_loader_that_asks_another_passes_on_who_asks(context: RequestContext) -> None:
    """Both batches name the field; they are numbered in the order of their beginning, and end the other way round."""
    ASKING.set(("trend",))
    await context.loader(Asking).load_column(["A"])
    found = [(record.number, record.loader, record.fields) for record in context.ledger]
    assert found == [(1, "Echo", ("trend",)), (0, "Asking", ("trend",))]


async def test_those_below_know_their_batch(context: RequestContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where segments run side by side; nobody else sees a batch at work."""
    seen: set[tuple[str, int | None]] = set()

    async def look(echo: Echo, *_: Any) -> None:
        await asyncio.sleep(0)
        at_work = BATCH_AT_WORK.get()
        seen.add((type(echo).__name__, at_work.number if at_work is not None else None))

    monkeypatch.setattr(Echo, "behave", look)
    await asyncio.gather(
        context.loader(Echo).load_column([("A", 1), ("A", 2)]), context.loader(Second).load_column([("A", 1)])
    )
    assert seen == {("Echo", 0), ("Second", 1)}
    assert BATCH_AT_WORK.get() is None


@pytest.mark.parametrize("sizes", [(1,), (1, 2)])
async def test_a_batch_that_is_stopped_is_on_record(
    context: RequestContext, monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...]
) -> None:
    """What it asked of the stores is, and leads to it."""
    running = asyncio.Event()

    async def hang(*_: Any) -> None:
        running.set()
        await asyncio.sleep(3_600)

    monkeypatch.setattr(Echo, "behave", hang)
    waiter = asyncio.ensure_future(context.loader(Echo).load_column([("A", size) for size in sizes]))
    await running.wait()
    await context.aclose()
    assert [(record.number, record.keys) for record in context.ledger] == [(0, len(sizes))]
    assert [str(failure) for failure in await waiter] == ["The batch that would have answered was stopped."] * len(
        sizes
    )


async def test_an_operation_begins_without_askers() -> None:
    """A connection's task runs one operation after another: the last field of one asks nothing of the next."""
    ASKING.set(("of the operation before",))
    context = make_context()
    await context.loader(Echo).load(("A", 1))
    assert [record.fields for record in context.ledger] == [()]
