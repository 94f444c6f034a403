"""Leadership: one holder at a time, whatever happens to it or to Redis."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis.asyncio.lock import Lock

from ops.errors import Unavailable
from ops.settings import Settings
from storage.lease import PREFIX, LeaseLost, LeaseTaken, held, leaders
from storage.redis import RedisState, open_redis

PATIENCE = 60.0
ROOT = Path(__file__).resolve().parents[2]
_HOLDER = """
import asyncio, sys
from ops.settings import Settings
from storage.lease import held
from storage.redis import open_redis

async def main():
    async with open_redis(Settings(redis_url=sys.argv[1])) as redis, held(redis, "work", 1.0):
        print("leads", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[RedisState]:
    """An open Redis."""
    async with open_redis(Settings.model_validate({"redis_url": redis_url})) as state:
        yield state


async def test_one_leads_and_the_next_follows_when_it_gives_up(redis: RedisState) -> None:
    """Whoever waits gets in when the block ends; who would not wait is told."""
    order = []

    async def follow() -> None:
        async with held(redis, "work", 1.0):
            order.append("second")

    async with held(redis, "work", 1.0) as lease:
        following = asyncio.create_task(follow())
        with pytest.raises(LeaseTaken, match="'work'"):
            async with held(redis, "work", 1.0, 0.0):
                order.append("never")
        async with held(redis, "other work", 1.0, 0.0):
            assert await leaders(redis) == {"other work": (await leaders(redis))["other work"], "work": lease.holder}
        order.append("first")
    await asyncio.wait_for(following, PATIENCE)
    assert order == ["first", "second"]
    assert await leaders(redis) == {}


async def test_the_lease_is_renewed_for_as_long_as_the_block_runs(redis: RedisState) -> None:
    """Held for three times its length, which a busy machine does not miss to renew, it is still ours."""
    async with held(redis, "work", 2.0) as lease:
        for _ in range(12):
            await asyncio.sleep(0.5)
            assert (await leaders(redis)).get("work") == lease.holder
        assert not lease.lost


@pytest.mark.parametrize("thief", [b"another", None], ids=["taken", "gone"])
async def test_who_lost_the_lease_is_cancelled_and_takes_nothing_away(redis: RedisState, thief: bytes | None) -> None:
    """The block ends where it waits, whether another has the lease or nobody; the thief's key stays."""
    assert redis.client is not None
    client = redis.client

    async def hold() -> None:
        async with held(redis, "work", 0.4):
            await (client.set(PREFIX + "work", thief) if thief else client.delete(PREFIX + "work"))
            await asyncio.sleep(PATIENCE)

    with pytest.raises(LeaseLost):
        await hold()
    assert await redis.client.get(PREFIX + "work") == thief


async def test_a_cancellation_from_outside_stays_one(redis: RedisState) -> None:
    """It is no LeaseLost, and the lease is given up at once."""

    async def hold() -> None:
        async with held(redis, "work", 30.0):
            started.set()
            await asyncio.sleep(PATIENCE)

    started = asyncio.Event()
    holding = asyncio.create_task(hold())
    await started.wait()
    holding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holding
    assert await leaders(redis) == {}


async def test_what_the_block_raises_passes(redis: RedisState) -> None:
    """As it is, not wrapped."""
    with pytest.raises(ZeroDivisionError):
        async with held(redis, "work", 1.0):
            _ = 1 / 0


async def test_a_redis_that_is_away_is_waited_for_or_told() -> None:
    """With patience that ends it is Unavailable; none configured is told at once."""
    settings = Settings.model_validate({"redis_url": "redis://127.0.0.1:9/0"})
    async with AsyncExitStack() as stack:
        away = await stack.enter_async_context(open_redis(settings))
        with pytest.raises(Unavailable, match="does not answer"):
            await stack.enter_async_context(held(away, "work", 1.0, 0.1))
        with pytest.raises(Unavailable, match="INSITECHART_REDIS_URL"):
            await stack.enter_async_context(held(RedisState(None), "work", 1.0))
        with pytest.raises(Unavailable):
            await leaders(away)


async def test_a_renewal_that_breaks_in_another_way_is_a_loss_too(
    redis: RedisState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the driver raises: the block must not run on while the lease ends in Redis."""

    async def broken(*_: object, **__: object) -> None:
        raise AttributeError("a mistake of the driver")

    async def hold() -> None:
        async with held(redis, "work", 0.4):
            await asyncio.wait_for(asyncio.Event().wait(), PATIENCE)

    monkeypatch.setattr(Lock, "extend", broken)
    with pytest.raises(LeaseLost):
        await hold()


async def test_a_killed_leader_is_followed(redis_url: str) -> None:
    """Two processes: one leads, is killed without a word, and the other leads when the lease has run out."""
    started: list[asyncio.subprocess.Process] = []
    try:
        for _ in range(2):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", _HOLDER, redis_url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
            )
            started.append(process)
        said = [asyncio.create_task(_leads(process)) for process in started]
        await asyncio.wait_for(asyncio.wait(said, return_when=asyncio.FIRST_COMPLETED), PATIENCE)
        leader = next(number for number, each in enumerate(said) if each.done())
        assert not said[1 - leader].done()
        os.kill(started[leader].pid, signal.SIGKILL)
        await asyncio.wait_for(said[1 - leader], PATIENCE)
    finally:
        for process in started:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def _leads(process: asyncio.subprocess.Process) -> None:
    """Wait until a process says that it leads; its log comes out in between."""
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if line == b"leads\n":
            return
    raise AssertionError("the process ended")
