"""Three levels of cache in two processes: whatever is read, by whichever way, is never older than it may be."""

import asyncio
import random
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from ops.settings import Settings
from storage.cache.invalidation import invalidate
from storage.cache.written import of_quotes
from storage.database import Database, open_database
from storage.redis import RedisState, open_redis
from storage.rows import StockRow
from storage.write_quotes import QuoteRecord, write_quotes
from storage.write_stocks import write_stocks
from tests.abuse.api_process import api_process
from tests.own_valkey import OwnValkey, own_valkey

SYMBOLS = ("AAPL", "MSFT", "NVDA")
WRITES = 40
READERS = 4
LEASE = 1.0
"""The setting's default: how long a process believes its memory without a proof that it hears of writes."""

BEGIN = datetime(2026, 3, 6, 12, tzinfo=UTC)


@dataclass
class Market:
    """Prices count up; `told` remembers which price of a stock every process could know since when."""

    database: Database
    redis: RedisState
    told: dict[str, deque[tuple[float, int]]] = field(
        default_factory=lambda: {symbol: deque([(0.0, 0)]) for symbol in SYMBOLS}
    )
    number: int = 0

    async def write(self, symbol: str) -> None:
        """Write the next price, tell of it, and note when that was done."""
        self.number += 1
        quote = QuoteRecord(
            symbol, float(self.number), BEGIN + timedelta(seconds=self.number), 1.0, 1, None, simulated=True
        )
        await write_quotes(self.database, [quote])
        await invalidate(self.redis, of_quotes([symbol], set()))
        self.told[symbol].append((time.monotonic(), self.number))

    def least(self, symbol: str, since: float) -> int:
        """Return the newest price that had been told by an instant."""
        return max(number for at, number in self.told[symbol] if at <= since)


@pytest.fixture
def valkey() -> Iterator[OwnValkey]:
    """A Valkey of the test's own."""
    with own_valkey() as server:
        yield server


async def test_no_read_is_older_than_the_lease(plain_database_url: str, valkey: OwnValkey, tmp_path: Path) -> None:
    """Two processes are read by GET and POST, by one stock and by several, while a third writes.

    Half-way the Valkey is frozen for longer than the lease, then killed and started again. The caches must have
    answered, or this would prove nothing.
    """
    chance = random.Random(4)
    settings = Settings.model_validate({"database_url": plain_database_url, "redis_url": valkey.url})
    async with AsyncExitStack() as opened:
        market = Market(
            await opened.enter_async_context(open_database(settings)),
            await opened.enter_async_context(open_redis(settings)),
        )
        stocks = [StockRow(symbol, symbol, "NASDAQ", None, None, None, simulated=True) for symbol in SYMBOLS]
        await write_stocks(market.database, stocks)
        for symbol in SYMBOLS:
            await market.write(symbol)
        urls = [
            await opened.enter_async_context(api_process(tmp_path / f"{number}.log", plain_database_url, valkey.url))
            for number in range(2)
        ]
        client = await opened.enter_async_context(httpx.AsyncClient(timeout=10))
        ages: list[float] = []
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(READERS):
                group.create_task(_read(market, client, urls, chance, stop, ages))
            await _write(market, chance)
            valkey.freeze()
            await asyncio.sleep(1.5 * LEASE)
            valkey.kill()
            valkey.start()
            await _write(market, chance)
            stop.set()
    kept = _count_kept(tmp_path)
    ages.sort()
    sys.stdout.write(
        f"{len(ages)} reads, {kept} kept answers, {market.number} writes; seconds behind the newest price told: "
        f"p50 {ages[len(ages) // 2]:.4f}, p99 {ages[len(ages) * 99 // 100]:.4f}, most {ages[-1]:.4f}\n"
    )
    assert kept > len(ages) / 20, "kept answers were served"


def _count_kept(folder: Path) -> int:
    return sum(log.read_text().count("kept=True") for log in folder.glob("*.log"))


async def _write(market: Market, chance: random.Random) -> None:
    for _ in range(WRITES):
        await market.write(chance.choice(SYMBOLS))
        await asyncio.sleep(chance.uniform(0.0, 0.08))


async def _read(
    market: Market,
    client: httpx.AsyncClient,
    urls: list[str],
    chance: random.Random,
    stop: asyncio.Event,
    ages: list[float],
) -> None:
    while not stop.is_set():
        symbols = chance.sample(SYMBOLS, chance.randint(1, len(SYMBOLS)))
        begun = time.monotonic()
        found = await _ask(client, chance.choice(urls), symbols, get=chance.random() < 0.5)
        for symbol, number in found.items():
            assert number >= market.least(symbol, begun - LEASE), (symbol, number)
            newer = [at for at, later in market.told[symbol] if later > number and at <= begun]
            ages.append(begun - newer[0] if newer else 0.0)
        await asyncio.sleep(chance.uniform(0.0, 0.02))


async def _ask(client: httpx.AsyncClient, url: str, symbols: list[str], *, get: bool) -> dict[str, int]:
    fields = [f'a{n}: stock(symbol: "{symbol}") {{ symbol quote {{ price }} }}' for n, symbol in enumerate(symbols)]
    query = f"{{ {' '.join(fields)} }}"
    if get:
        headers = {"graphql-require-preflight": "1"}
        response = await client.get(f"{url}/graphql", params={"query": query}, headers=headers)
    else:
        response = await client.post(f"{url}/graphql", json={"query": query})
    answer = response.json()
    assert "errors" not in answer, answer
    return {stock["symbol"]: int(stock["quote"]["price"]) for stock in answer["data"].values()}
