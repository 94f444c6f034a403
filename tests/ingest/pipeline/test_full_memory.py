"""A Redis whose memory is full of work undone and of events: scorers that start make room by themselves."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from ingest.pipeline.worker import run_worker
from ops.embedded import servers
from ops.settings import Settings
from storage.database import Database
from storage.event_items import MentionEvent
from storage.events import EVENT_STREAMS, publish
from storage.intake_items import CollectedPost
from storage.intake_stream import POSTS, IntakeFull, IntakeStream
from storage.redis import open_redis
from storage.redis_translation import connected
from tests.graph.events.mentions import mention
from tests.ingest.pipeline.conftest import empty, post, rows
from tests.ops.conftest import data_dir

__all__ = ["data_dir"]

ROOM = 30_000_000
TEXT = "$AAPL and $MSFT are great. " + "word " * 4_000


def long_post(number: int) -> CollectedPost:
    """Make a post of 20 kB about two stocks: two events of 20 kB."""
    return post(str(number), f"{TEXT}{number}")


async def fill(stream: IntakeStream) -> int:
    """Publish posts until there is no memory for more; return how many."""
    published = 0
    while True:
        try:
            await stream.publish([long_post(published + place) for place in range(20)], seconds=0)
        except IntakeFull as full:
            assert "memory" in full.stream  # noqa: PT017 - that it is raised is what the loop waits for
            return published
        published += 20


@pytest.mark.timeout(240)
async def test_a_full_intake_beside_full_events_drains_by_itself(
    listed: Database, settings: Settings, data_dir: Path
) -> None:
    """Collectors are refused at nine tenths; older events make room for the scorers' own, and every post is stored."""
    with servers(data_dir, postgres=False, valkey=True) as endpoints:
        own = settings.model_copy(update={"redis_url": SecretStr(str(endpoints.redis_url))})
        async with open_redis(own) as redis:
            client, stream = connected(redis), IntakeStream(redis, own)
            used = int((await client.info("memory"))["used_memory"])
            await client.config_set("maxmemory", used + ROOM)
            old = MentionEvent(mention(1))
            while int((await client.info("memory"))["used_memory"]) < used + ROOM // 4:
                await publish(redis, [old] * 5_000, own.intake.model_copy(update={"events": 1_000_000}))
            published = await fill(stream)
            assert 2 * 20_000 * published > ROOM // 2  # the events of all do not fit beside what waits
            stop = asyncio.Event()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(run_worker(own, stop))
                await empty(stream)
                stop.set()
            assert await rows(listed, "SELECT symbol, count(*) FROM stock_mentions GROUP BY 1 ORDER BY 1") == [
                ("AAPL", published), ("MSFT", published),
            ]  # fmt: skip
            assert await client.xlen(EVENT_STREAMS[MentionEvent]) > 1
            await stream.publish([long_post(0)], seconds=0)
            assert (await stream.lengths())[POSTS] == 1
