"""A leader of prices that is frozen beyond its lease, with a batch in hand: another takes it, and goes on."""

import asyncio
from collections.abc import Sequence

import pytest

from ingest.pipeline import price_stage
from storage.database import Database
from storage.fences import Fence, Fenced
from storage.intake_items import CollectedBar
from storage.intake_stream import IntakeStream
from storage.lease import PREFIX
from storage.redis import RedisState
from storage.redis_translation import connected
from storage.write_prices import PriceRecord, write_prices
from storage.writing import WriteCounts
from tests.ingest.pipeline.conftest import NOW, Working, empty, rows

BAR = CollectedBar("AAPL", 3_600, NOW.replace(minute=0, second=0), 10, 12, 9, 11, 5)
GROWN = CollectedBar("AAPL", 3_600, BAR.time, 10, 13, 9, 12.5, 9)


async def test_a_frozen_leader_overwrites_nothing(
    listed: Database, stream: IntakeStream, redis: RedisState, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its statement reaches the database after the next leader stored a later state of the bar; it is refused."""
    frozen: list[asyncio.Task[WriteCounts]] = []
    wakes = asyncio.Event()

    async def late(database: Database, bars: Sequence[PriceRecord], fence: Fence) -> WriteCounts:
        await wakes.wait()
        return await write_prices(database, bars, fence)

    async def freeze_first(database: Database, bars: Sequence[PriceRecord], fence: Fence) -> WriteCounts:
        if frozen:
            return await write_prices(database, bars, fence)
        frozen.append(asyncio.create_task(late(database, bars, fence)))
        # Whoever leads now loses the lease; what is on its way to the server is not stopped by that.
        await connected(redis).delete(f"{PREFIX}prices")
        return await asyncio.shield(frozen[0])

    monkeypatch.setattr(price_stage, "write_prices", freeze_first)
    async with working(), working():
        await stream.publish([BAR])
        async with asyncio.timeout(30):
            while not frozen:  # noqa: ASYNC110 - what is waited for happens in a worker
                await asyncio.sleep(0.01)
        await stream.publish([GROWN])
        await empty(stream)
        wakes.set()
        with pytest.raises(Fenced):
            await frozen[0]
    assert await rows(listed, "SELECT close, volume FROM stock_prices") == [(12.5, 9)]
