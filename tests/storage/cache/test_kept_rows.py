"""Rows in Redis are counted by loader, and a count that met its bounds says so."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from ops.errors import Unavailable
from ops.settings import Settings
from storage.cache import kept_rows as counting
from storage.cache.kept_rows import kept_rows
from storage.cache.keys import PREFIX, ROW_PREFIX
from storage.redis import RedisState, open_redis
from tests.own_valkey import OwnValkey, own_valkey


@pytest.fixture
def server() -> Iterator[OwnValkey]:
    """A Valkey that this test alone uses."""
    with own_valkey() as started:
        yield started


@pytest.fixture
async def redis(server: OwnValkey) -> AsyncIterator[RedisState]:
    """A client of it."""
    async with open_redis(Settings.model_validate({"redis_url": server.url})) as opened:
        yield opened


async def fill(redis: RedisState, loader: str, entries: int, size: int = 100) -> None:
    """Store entries of a loader as the cache does, beside keys that are no rows."""
    client = redis.client
    assert isinstance(client, Redis)
    pipeline = client.pipeline(transaction=False)
    for number in range(entries):
        pipeline.set(f"{ROW_PREFIX}1.2:{loader}:shape:digest:{number}:BRK", b"x" * size, ex=100)
        pipeline.set(f"{PREFIX}v:stock:{number}", b"version")
        pipeline.set(f"other:{loader}:{number}", b"")
    await pipeline.execute()


async def test_every_loader_is_counted(redis: RedisState) -> None:
    """The largest first; bytes are more than the values, for keys take room too, and other keys are not counted."""
    assert await kept_rows(redis) == counting.KeptRows([], complete=True)
    await fill(redis, "QuoteBySymbol", 30)
    await fill(redis, "StockPage", 3_000, size=200)
    found = await kept_rows(redis)
    assert [(one.loader, one.entries) for one in found.loaders] == [("StockPage", 3_000), ("QuoteBySymbol", 30)]
    assert (found.entries, found.complete) == (3_030, True)
    assert 200 * 3_000 < found.loaders[0].bytes < 400 * 3_000
    assert found.bytes == sum(one.bytes for one in found.loaders)


@pytest.mark.parametrize("bounds", [{"most": 2_000}, {"seconds": 0.0}], ids=str)
async def test_a_count_that_was_cut_short_says_so(redis: RedisState, bounds: dict[str, float]) -> None:
    """There is at least what was counted."""
    await fill(redis, "StockPage", 3_000)
    found = await kept_rows(redis, **bounds)  # type: ignore[arg-type]  # of two kinds
    assert not found.complete
    assert 0 < found.entries < 3_000


async def test_bytes_that_nobody_tells_are_not_made_up(redis: RedisState) -> None:
    """A user that may not ask for sizes still gets the entries, and no claim that the bytes are all."""
    await fill(redis, "StockPage", 10)
    assert isinstance(redis.client, Redis)
    await redis.client.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-memory"])
    found = await kept_rows(redis)
    assert (found.entries, found.bytes, found.complete) == (10, 0, False)


async def test_a_redis_that_is_away_is_told(redis: RedisState, server: OwnValkey) -> None:
    """As by every other question."""
    server.kill()
    with pytest.raises(Unavailable):
        await kept_rows(redis)
