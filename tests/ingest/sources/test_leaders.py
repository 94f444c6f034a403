"""Real collectors as processes: one reads, is killed, another goes on; nothing is lost, nothing comes twice."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from storage.intake_items import CollectedPost, Item
from storage.intake_stream import POSTS
from storage.lease import leaders
from storage.redis import RedisState
from tests.ingest.sources.conftest import eventually
from tests.ingest.sources.web import Reply, Request, Web

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60.0
SHOWN = 60


class GrowingFeed:
    """Shows its newest sixty articles; every time it is read, three more have appeared."""

    def __init__(self) -> None:
        self.count = 0
        self.growing = True

    def answer(self, _request: Request) -> Reply:
        """Serve it."""
        self.count += 3 if self.growing else 0
        now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        shown = range(self.count, max(0, self.count - SHOWN), -1)
        items = "".join(f"<item><guid>g{n}</guid><title>T{n}</title><pubDate>{now}</pubDate></item>" for n in shown)
        return Reply(200, f"<rss version='2.0'><channel><title>W</title>{items}</channel></rss>".encode())


@asynccontextmanager
async def collector(environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `insitechart collect`; kill it at the end if it is still there."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ops.cli", "collect", "news"),
        env={"PATH": os.environ["PATH"], **environment},
        cwd=ROOT,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.slow
async def test_leaders_are_killed_and_every_article_comes_once(
    plain_database_url: str, redis_url: str, web: Web
) -> None:
    """Three leaders die by kill -9 while a feed grows; the intake holds each article once; the last ends on SIGTERM."""
    feed = GrowingFeed()
    web.routes["/feed"] = feed.answer
    environment = {
        "INSITECHART_DATABASE_URL": plain_database_url,
        "INSITECHART_REDIS_URL": redis_url,
        "INSITECHART_INTAKE_LEASE_SECONDS": "1",
        "INSITECHART_NEWS_FEEDS": json.dumps([f"{web.url}/feed"]),
        "INSITECHART_NEWS_POLL_SECONDS": "0.02",
    }
    redis = Redis.from_url(redis_url)
    state = RedisState(redis)

    async def leader() -> int | None:
        holder = (await leaders(state)).get("collect:news")
        return int(holder.split(":")[-2]) if holder else None

    async def grew_since(count: int) -> bool:
        return feed.count > count + 6

    async def ids() -> list[int]:
        entries: list[Any] = await redis.xrange(POSTS) or []
        items = [msgspec.msgpack.decode(fields[b"item"], type=Item) for _, fields in entries]
        return [int(item.external_id.rpartition("g")[2]) for item in items if isinstance(item, CollectedPost)]

    async with redis, collector(environment) as one, collector(environment) as two:
        running = {one.pid: one, two.pid: two}
        async with collector(environment) as three, collector(environment) as four:
            running |= {three.pid: three, four.pid: four}
            for _ in range(3):
                before = feed.count
                leading: list[int] = []

                async def somebody_reads(before: int = before, leading: list[int] = leading) -> bool:
                    found = await leader()
                    if found in running and await grew_since(before):
                        leading.append(found)
                    return bool(leading)

                await eventually(somebody_reads)
                running.pop(leading[0]).send_signal(signal.SIGKILL)
            before = feed.count
            await eventually(lambda: grew_since(before))
            feed.growing = False

            async def all_there() -> bool:
                return len(set(await ids())) == feed.count

            await eventually(all_there)
            (last,) = running.values()
            last.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(last.wait(), PATIENCE) == 0
        assert sorted(await ids()) == list(range(1, feed.count + 1))
        assert await leader() is None
