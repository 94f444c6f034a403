"""Random writes and reads over two processes find no read that is older than its level promises.

A stock's market cap counts its writes. Whoever reads after a write was told must see it, or a later one: from Redis at
once, from memory once the invalidation was heard, which is bounded here by the lease, the only bound that holds while
Redis is killed, flushed or its clients are cut off. Further levels join by `LEVELS`.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from redis.asyncio import Redis

from loaders.quote_by_symbol import QuoteBySymbol
from loaders.stock_by_symbol import StockBySymbol
from ops.errors import Unavailable
from ops.settings import Settings
from storage.write_quotes import QuoteRecord, write_quotes
from tests.own_valkey import OwnValkey, until
from tests.storage.cache.stack import Stack, open_stack

SYMBOLS = [f"S{number}" for number in range(4)]
SECONDS = 6.0
READERS = 3

Level = Callable[[Stack, str], Awaitable[int]]


async def _remembered(stack: Stack, symbol: str) -> int:
    row = (await stack.ask(StockBySymbol, symbol)).value
    return int(row.market_cap)


async def _shared(stack: Stack, symbol: str) -> int:
    row = (await stack.ask(StockBySymbol, symbol, afresh=True)).value
    return int(row.market_cap)


async def _quoted(stack: Stack, symbol: str) -> int:
    row = (await stack.ask(QuoteBySymbol, symbol)).value
    return 0 if row is None else int(row.volume)


LEVELS: dict[str, Level] = {"memory": _remembered, "redis": _shared, "quotes": _quoted}
"""How a level is read: a count of the writes that it has seen."""
_AT_ONCE = {"redis"}
"""Levels that must show a write from the moment at which it was told; the others may be a lease behind."""


@dataclass
class Told:
    """Which write of each symbol was told, and when, in seconds of the monotonic clock."""

    writes: dict[str, list[tuple[float, int]]] = field(default_factory=dict)

    def at(self, symbol: str, moment: float) -> int:
        """Return the last write that had been told by a moment."""
        return max((number for told, number in self.writes.get(symbol, []) if told <= moment), default=0)


@dataclass
class Tally:
    """What the readers saw: reads, reads that no statement served, and the worst age of an answer in seconds."""

    reads: int = 0
    worst: float = 0.0
    broken: list[str] = field(default_factory=list)


async def write(stack: Stack, symbol: str, number: int) -> None:
    """Write the stock, then its quote, each told after its commit."""
    await stack.worth(number, symbol)
    await write_quotes(
        stack.database,
        [QuoteRecord(symbol, 1.0, stack.context(None).now, None, number, None, simulated=False)],
    )


async def _write_on(stacks: list[Stack], told: Told, end: float, chance: random.Random) -> None:
    number = 0
    while time.monotonic() < end:
        number += 1
        symbol = chance.choice(SYMBOLS)
        stack = chance.choice(stacks)
        await _written(stack, symbol, number)
        told.writes.setdefault(symbol, []).append((time.monotonic(), number))
        await asyncio.sleep(chance.random() * 0.02)


async def _written(stack: Stack, symbol: str, number: int) -> None:
    """Write and tell as the intake does: again and again until it is told."""
    stack.database.telling.insists = True
    while True:
        try:
            await write(stack, symbol, number)
        except Unavailable:
            await asyncio.sleep(0.02)
        else:
            return


async def _read_on(stacks: list[Stack], told: Told, end: float, chance: random.Random, tally: Tally) -> None:
    while time.monotonic() < end:
        symbol, stack = chance.choice(SYMBOLS), chance.choice(stacks)
        name = chance.choice(list(LEVELS))
        begun = time.monotonic()
        seen = await LEVELS[name](stack, symbol)
        allowed = 0.0 if name in _AT_ONCE else stack.invalidations.lease
        tally.reads += 1
        if seen < told.at(symbol, begun):
            behind = [moment for moment, number in told.writes[symbol] if number > seen and moment <= begun]
            tally.worst = max(tally.worst, begun - min(behind))
        if seen < told.at(symbol, begun - allowed):
            tally.broken.append(f"{name} of {symbol} showed {seen}, told was {told.at(symbol, begun - allowed)}")
        await asyncio.sleep(chance.random() * 0.005)


async def _trouble(server: OwnValkey, end: float, chance: random.Random) -> None:
    """Cut clients off, flush, freeze and kill, in turns."""
    while time.monotonic() + 1.5 < end:
        await asyncio.sleep(0.2 + chance.random() * 0.3)
        what = chance.choice(["cut", "flush", "freeze", "kill"])
        if what == "freeze":
            server.freeze()
            await asyncio.sleep(0.3)
            server.thaw()
        elif what == "kill":
            server.kill()
            await asyncio.to_thread(server.start)
        else:
            async with Redis.from_url(server.url) as client:
                troubled: Any = client
                words = ["FLUSHALL"] if what == "flush" else ["CLIENT", "KILL", "SKIPME", "yes"]
                await troubled.execute_command(*words)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("troubled", [False, True], ids=["calm", "troubled"])
async def test_no_read_is_older_than_its_promise(
    own_settings: Settings, own_redis: OwnValkey, seed: int, *, troubled: bool
) -> None:
    """Readers and writers go about at random; every read is compared with what had been told before it began."""
    chance = random.Random(seed)
    told, tally = Told(), Tally()
    async with open_stack(own_settings) as one, open_stack(own_settings) as other:
        stacks = [one, other]
        for symbol in SYMBOLS:
            await write(one, symbol, 0)
        end = time.monotonic() + SECONDS
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_write_on(stacks, told, end, random.Random(chance.random())))
            for _ in range(READERS):
                tasks.create_task(_read_on(stacks, told, end, random.Random(chance.random()), tally))
            if troubled:
                tasks.create_task(_trouble(own_redis, end, chance))
        await until(lambda: one.invalidations.trusted and other.invalidations.trusted)
        hits = sum(stack.rows.counts.memory_hits + stack.rows.counts.redis_hits for stack in stacks)
    print(f"{tally.reads} reads, {hits} from a cache, the oldest {tally.worst * 1_000:.1f} ms behind")  # noqa: T201
    assert tally.broken == []
    assert hits > tally.reads / 20, "the caches were asked"
