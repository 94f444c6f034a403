"""Redis killed, frozen, flushed, full or put back to an earlier moment: answers stay right, and waits stay short."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from redis import Redis as BlockingRedis
from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError

from loaders.stock_by_symbol import StockBySymbol
from ops.errors import Unavailable
from ops.settings import Settings
from storage.cache.invalidation import bump
from storage.cache.remote import Remote
from storage.redis import open_redis
from tests.own_valkey import OwnValkey, own_valkey, until
from tests.storage.cache.stack import Stack, open_stack


@pytest.fixture
def full_redis() -> Iterator[OwnValkey]:
    """A server that refuses to hold more than little."""
    with own_valkey(maxmemory="4mb", **{"maxmemory-policy": "noeviction"}) as server:
        yield server


@pytest.fixture
async def crowded(own_settings: Settings, full_redis: OwnValkey) -> AsyncIterator[Stack]:
    """A process over it."""
    async with open_stack(own_settings.model_copy(update={"redis_url": _secret(full_redis)})) as stack:
        yield stack


def _secret(server: OwnValkey) -> object:
    return Settings.model_validate({"redis_url": server.url}).redis_url


async def worth_of(stack: Stack) -> list[int]:
    """Return the market cap as memory, and then as Redis or the database says."""
    return [(await stack.ask(StockBySymbol, "AAPL", afresh=afresh)).value.market_cap for afresh in (False, True)]


@pytest.mark.parametrize("trouble", [OwnValkey.kill, OwnValkey.freeze], ids=["killed", "frozen"])
async def test_a_process_that_lost_its_link_believes_no_memory(
    one: Stack, other: Stack, own_redis: OwnValkey, trouble: Callable[[OwnValkey], None]
) -> None:
    """Within its lease it stops trusting, and reads what was written in the meantime; nobody fails."""
    for stack in (one, other):
        await stack.warm()
    trouble(own_redis)
    await until(lambda: not one.invalidations.trusted)
    await other.worth(2)
    assert await worth_of(one) == [2, 2]
    assert one.invalidations.changed(one.invalidations.mark(), ["stock:AAPL"])
    own_redis.kill()  # one that says nothing would be waited for as the processes end


async def test_a_frozen_redis_costs_each_operation_one_deadline_until_the_circuit_opens(
    one: Stack, own_redis: OwnValkey
) -> None:
    """Then nobody asks it any more, and when the link proves alive it is asked again."""
    await one.warm()
    patience, one.rows.remote._deadline = one.rows.remote._deadline, 0.05
    own_redis.freeze()
    for number in range(10):
        assert (await one.ask(StockBySymbol, f"NONE{number}")).value is None
    assert not one.rows.remote.worth_asking(StockBySymbol.__name__)
    assert one.rows.remote.failures <= 5
    one.rows.remote._deadline = patience
    own_redis.thaw()
    await until(lambda: one.rows.remote.worth_asking(StockBySymbol.__name__))
    await until_shared(one)


async def until_shared(stack: Stack) -> None:
    """Wait until answers come from Redis again."""
    async with asyncio.timeout(60):
        while (await stack.ask(StockBySymbol, "AAPL", afresh=True)).statements:
            await stack.settle()
            await asyncio.sleep(0.05)


async def test_a_redis_that_comes_back_is_used_again(one: Stack, other: Stack, own_redis: OwnValkey) -> None:
    """The link connects by itself, memory is believed again, and what was there before is not."""
    for stack in (one, other):
        await stack.warm()
    own_redis.kill()
    await until(lambda: not one.invalidations.trusted)
    await other.worth(2)
    own_redis.start()
    await until(lambda: one.invalidations.trusted and other.invalidations.trusted)
    assert await worth_of(one) == [2, 2]
    await until_shared(one)
    assert await worth_of(other) == [2, 2]


async def test_a_redis_put_back_to_an_earlier_moment_serves_nothing_of_it(
    one: Stack, other: Stack, own_redis: OwnValkey
) -> None:
    """The old entry and the old version come back together; that they are of another run gives them away."""
    await one.warm()
    await asyncio.to_thread(_written, own_redis)
    own_redis.remember()
    await one.worth(2)
    own_redis.lose()
    own_redis.start()
    await until(lambda: one.invalidations.trusted and other.invalidations.trusted)
    async with open_redis(one.settings) as redis:
        assert redis.client is not None
        assert [key async for key in redis.client.scan_iter(match="*StockBySymbol*")], "the old entry is back"
    assert await worth_of(other) == [2, 2]
    assert await worth_of(one) == [2, 2]


def _written(server: OwnValkey) -> None:
    """Have the server write its file now."""
    with BlockingRedis.from_url(server.url) as client:
        client.config_set("appendfsync", "always")
        client.set("marker", "1")


async def test_a_flush_is_heard_as_a_change_of_everything(one: Stack, other: Stack) -> None:
    """Memory goes, versions are given anew, and no entry from before can match them."""
    for stack in (one, other):
        await stack.warm()
    async with Redis.from_url(str(one.settings.redis_url.get_secret_value() if one.settings.redis_url else "")) as raw:
        kept = {key: await raw.get(key) async for key in raw.scan_iter(match="*:r:*")}
        assert kept
        await raw.flushall()
        await other.worth(2)
        for key, body in kept.items():  # as a reader that was slow to store would leave it
            await raw.set(key, body or b"")
    await one.heard_all()
    assert await worth_of(one) == [2, 2]
    await one.heard_all()
    assert await worth_of(one) == [2, 2]


async def test_a_full_redis_still_tells(crowded: Stack) -> None:
    """It takes no entry and no version; what depends on the tags is made uncertain, and everybody forgets."""
    await crowded.warm()
    client = crowded.rows.remote.client
    with pytest.raises(OutOfMemoryError):
        await _fill(client)
    assert (await crowded.ask(StockBySymbol, "AAPL")).statements == []
    mark = crowded.invalidations.mark()
    await crowded.worth(2)
    await crowded.heard_all()
    assert crowded.invalidations.changed(mark, ["stock:AAPL"])
    assert await worth_of(crowded) == [2, 2]
    await crowded.settle()
    assert crowded.rows.remote.refused >= 1


async def _fill(client: Redis) -> None:
    for number in range(10_000):
        await client.set(f"filler{number}", bytes(4_000))


async def test_an_unheard_bump_is_told_again(one: Stack, own_redis: OwnValkey) -> None:
    """The intake's way of telling raises while Redis is away, so that it is done again."""
    own_redis.kill()
    async with open_redis(one.settings) as redis:
        with pytest.raises(Unavailable):
            await bump(redis, ["stock:AAPL"])
        own_redis.start()
        await until(lambda: one.invalidations.trusted)
        mark = one.invalidations.mark()
        await bump(redis, ["stock:AAPL"])
        await one.heard_all()
        assert one.invalidations.changed(mark, ["stock:AAPL"])


async def test_cancelled_operations_leave_no_reply_behind(one: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Operations are cancelled in the middle of their look-ups; every answer after that is of its own key."""
    symbols = [f"S{number:02d}" for number in range(20)]
    for number, symbol in enumerate(symbols):
        await one.worth(number + 1, symbol)
    for _ in range(2):
        for symbol in symbols:
            await one.ask(StockBySymbol, symbol, afresh=True)
        await one.heard_all()
    asked = 0
    read = Remote.read

    async def counted(remote: Remote, *given: object) -> object:
        nonlocal asked
        asked += 1
        return await read(remote, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Remote, "read", counted)
    for turn in range(200):
        asking = asyncio.create_task(one.ask(StockBySymbol, symbols[turn % 20], afresh=True))
        for _ in range(turn % 12):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait({asking})
        symbol = symbols[(turn * 7) % 20]
        assert (await one.ask(StockBySymbol, symbol, afresh=True)).value.symbol == symbol
    assert asked > 200
