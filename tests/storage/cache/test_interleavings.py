"""A value from before a write is not served after it, however reading, writing and telling interleave."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from loaders.stock_by_symbol import StockBySymbol
from storage.cache.remote import Reading, Remote
from tests.storage.cache.stack import Stack

Fetch = Callable[..., Awaitable[Any]]


class Held:
    """Something asynchronous that stops at a gate, before or after what it does, the first time it is called."""

    def __init__(self, work: Fetch, *, after: bool) -> None:
        self._work = work
        self._after = after
        self.reached = asyncio.Event()
        self.gate = asyncio.Event()

    async def __call__(self, *args: Any, **options: Any) -> Any:
        """Do it, and wait at the gate."""
        if not self._after:
            await self._wait()
        answer = await self._work(*args, **options)
        if self._after:
            await self._wait()
        return answer

    def as_method(self) -> Fetch:
        """Return it as a function, which a class binds to its instances."""

        async def call(*args: Any) -> Any:
            return await self(*args)

        return call

    async def _wait(self) -> None:
        self.reached.set()
        await self.gate.wait()


async def worth_of(stack: Stack) -> list[int | None]:
    """Return the market cap as memory, and then as Redis or the database says."""
    found = []
    for afresh in (False, True):
        row = (await stack.ask(StockBySymbol, "AAPL", afresh=afresh)).value
        found.append(row.market_cap)
    return found


@pytest.mark.parametrize("warm", [True, False], ids=["known tags", "new tags"])
async def test_a_reader_that_was_slow_to_store(
    one: Stack, other: Stack, monkeypatch: pytest.MonkeyPatch, *, warm: bool
) -> None:
    """It reads the database, a writer writes and tells, and only then it stores what it read: that never counts."""
    if warm:
        await one.warm()
        await other.worth(5)
    held = Held(StockBySymbol.fetch, after=True)
    monkeypatch.setattr(StockBySymbol, "fetch", held.as_method())
    reading = asyncio.create_task(one.ask(StockBySymbol, "AAPL", afresh=True))
    await held.reached.wait()
    await other.worth(9)
    monkeypatch.undo()
    held.gate.set()
    old = (await reading).value.market_cap
    assert old == (5 if warm else 1), "the reading itself began before the write"
    await one.heard_all()
    for stack in (one, other):
        assert await worth_of(stack) == [9, 9]


async def test_a_reader_whose_look_into_redis_was_overtaken(
    one: Stack, other: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the old entry and its versions in hand while the write is told: memory must not take it up."""
    await other.warm()
    held = Held(Remote.read, after=True)
    monkeypatch.setattr(Remote, "read", held.as_method())
    reading = asyncio.create_task(one.ask(StockBySymbol, "AAPL", afresh=True))
    await held.reached.wait()
    monkeypatch.undo()
    await other.worth(9)
    await one.heard_all()
    held.gate.set()
    assert (await reading).value.market_cap == 1
    await one.settle()
    assert await worth_of(one) == [9, 9]


async def test_a_writer_that_tells_late(one: Stack, other: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between commit and telling the old value may be served and read again; from the telling on it may not."""
    for stack in (one, other):
        await stack.warm()
    held = Held(other.database.telling.tell, after=False)
    monkeypatch.setattr(type(other.database.telling), "tell", lambda _self, tags: held(tags))
    writing = asyncio.create_task(other.worth(9))
    await held.reached.wait()
    assert (await one.stock()).market_cap == 1  # type: ignore[union-attr]  # it is listed
    held.gate.set()
    await writing
    await one.heard_all()
    assert await worth_of(one) == [9, 9]


async def test_an_entry_of_another_key_is_nobodys(one: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply that belongs to another command, as a cancelled one may leave behind, brings no wrong row."""
    await one.worth(3, "MSFT")
    await one.warm("AAPL")
    await one.warm("MSFT")
    read = Remote.read

    async def astray(remote: Remote, tags: list[str], keys: list[str]) -> Reading | None:
        its_keys = [key.replace("AAPL", "MSFT") for key in keys]
        its_tags = [tag.replace("AAPL", "MSFT") for tag in tags]
        reply = await read(remote, its_tags, its_keys)
        assert reply is not None
        assert reply.bodies != [None]
        return Reading(reply.server, dict(zip(tags, reply.versions.values(), strict=True)), reply.bodies)

    monkeypatch.setattr(Remote, "read", astray)
    found = await one.ask(StockBySymbol, "AAPL", afresh=True)
    assert found.statements == ["stocks_by_symbols"]
    assert found.value.symbol == "AAPL"
