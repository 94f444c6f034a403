"""Three levels of cache in two processes: whatever is read, by whichever way, is never older than it may be."""

import asyncio
import random
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from ops.settings import Settings
from storage.database import open_database
from storage.redis import open_redis
from tests.abuse.api_process import api_process
from tests.abuse.counting_market import PLACES, STOCK, SYMBOLS, TRENDING, Market, Place
from tests.own_valkey import OwnValkey, own_valkey
from tests.slow_relay import slowed

WRITES = 25
READERS = 4
LEASE = 1.0
"""The setting's default: how long a process believes its memory without a proof that it hears of writes."""
LATE = 0.02
"""Seconds by which Redis answers the second process late, for a while: longer than its database takes."""


@pytest.fixture
def valkey() -> Iterator[OwnValkey]:
    """A Valkey of the test's own."""
    with own_valkey() as server:
        yield server


async def test_no_read_is_older_than_the_lease(plain_database_url: str, valkey: OwnValkey, tmp_path: Path) -> None:
    """Two processes are read by GET and POST, by one stock and by several, while a third writes what they show.

    Meanwhile the Valkey is flushed, is slow for one of them, is frozen for longer than the lease, and is killed and
    started again. The caches must have answered, or this would prove nothing.
    """
    chance = random.Random(4)
    settings = Settings.model_validate({"database_url": plain_database_url, "redis_url": valkey.url})
    async with AsyncExitStack() as opened:
        enter = opened.enter_async_context
        market = Market(await enter(open_database(settings)))
        redis = await enter(open_redis(settings))
        assert redis.client is not None
        for place in sorted(PLACES, key=lambda place: place[0] != "worth"):  # stocks are listed before the rest
            await market.write(place)
        relay = await enter(slowed(Path(valkey.url.removeprefix("unix://")), tmp_path / "late", 0.0))
        ways = (valkey.url, f"unix://{tmp_path / 'late'}")
        urls = [
            await enter(api_process(tmp_path / f"{number}.log", plain_database_url, way, trending_interval="3600"))
            for number, way in enumerate(ways)
        ]
        client = await enter(httpx.AsyncClient(timeout=10))
        reading = _Reading(market, client, urls, chance)
        async with asyncio.TaskGroup() as group:
            for _ in range(READERS):
                group.create_task(reading.read())
            await _write(market, chance)
            await redis.client.flushall()
            await _write(market, chance)
            relay.delay = LATE
            await _write(market, chance)
            relay.delay = 0.0
            valkey.freeze()
            await asyncio.sleep(1.5 * LEASE)
            valkey.kill()
            valkey.start()
            await _write(market, chance)
            reading.stop.set()
    kept = _count_kept(tmp_path)
    for kind in ("price", "worth", "post", "snapshot"):
        ages = sorted(reading.ages[kind])
        sys.stdout.write(
            f"{kind:8} {len(ages)} reads; seconds behind the newest told: "
            f"p50 {ages[len(ages) // 2]:.4f}, p99 {ages[len(ages) * 99 // 100]:.4f}, most {ages[-1]:.4f}\n"
        )
    sys.stdout.write(f"{reading.requests} requests, {kept} kept answers, {market.number} writes\n")
    assert kept > reading.requests / 20, "kept answers were served"


def _count_kept(folder: Path) -> int:
    return sum(log.read_text().count("kept=True") for log in folder.glob("*.log"))


async def _write(market: Market, chance: random.Random) -> None:
    for _ in range(WRITES):
        await market.write(chance.choice(PLACES))
        await asyncio.sleep(chance.uniform(0.0, 0.06))


class _Reading:
    """What is read of two processes, and how old it was, in seconds, by kind."""

    def __init__(self, market: Market, client: httpx.AsyncClient, urls: list[str], chance: random.Random) -> None:
        self.ages: dict[str, list[float]] = {kind: [] for kind, _ in PLACES}
        self.requests = 0
        self.stop = asyncio.Event()
        self._market = market
        self._client = client
        self._urls = urls
        self._chance = chance

    async def read(self) -> None:
        """Read until the stop; fail at what is older than the lease."""
        chance = self._chance
        while not self.stop.is_set():
            symbols = chance.sample(SYMBOLS, chance.randint(1, len(SYMBOLS)))
            begun = time.monotonic()
            found = await self._ask(symbols, trending=chance.random() < 0.5, get=chance.random() < 0.5)
            self.requests += 1
            for place, number in found.items():
                assert number >= self._market.least(place, begun - LEASE), (place, number)
                self._note(place, number, begun)
            await asyncio.sleep(chance.uniform(0.0, 0.02))

    def _note(self, place: Place, number: int, begun: float) -> None:
        newer = [at for at, later in self._market.told[place] if later > number and at <= begun]
        self.ages[place[0]].append(begun - newer[0] if newer else 0.0)

    async def _ask(self, symbols: list[str], *, trending: bool, get: bool) -> dict[Place, int]:
        fields = [f'a{n}: stock(symbol: "{symbol}") {{ {STOCK} }}' for n, symbol in enumerate(symbols)]
        query = f"{{ {' '.join([*fields, TRENDING] if trending else fields)} }}"
        url = f"{self._chance.choice(self._urls)}/graphql"
        if get:
            headers = {"graphql-require-preflight": "1"}
            response = await self._client.get(url, params={"query": query}, headers=headers)
        else:
            response = await self._client.post(url, json={"query": query})
        answer = response.json()
        assert "errors" not in answer, answer
        return self._market.numbers(answer["data"])
