"""Keeps the simulated market up to now, and lets it run: top-ups every minute, and the live feed of one process."""

import asyncio
import os
import signal
from contextlib import suppress
from datetime import UTC, datetime

import structlog

from ingest.demo.live import CHECKPOINT, LiveMarket
from ingest.demo.load import Demo
from ingest.replay.play import Pace, Play
from ops.errors import PublicError, Unavailable
from ops.settings import Settings
from storage.database import Database, open_database
from storage.intake_stream import IntakeStream
from storage.lease import LeaseLost, held
from storage.redis import RedisState, open_redis

_TICK_SECONDS = 60.0
_PARENT_CHECK_SECONDS = 1.0
_LEASE = "demo"
_LEASE_SECONDS = 10.0
_PAUSE_SECONDS = 2.0
_log = structlog.get_logger()


async def follow_market(settings: Settings, source: Demo, parent: int, *, live: bool) -> None:
    """Top up until a signal comes or the parent process ends; with `live`, let the market run meanwhile."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_database(settings) as database, open_redis(settings) as redis, asyncio.TaskGroup() as tasks:
        loaded = asyncio.Event()
        following = [
            tasks.create_task(_watch(parent, stop)),
            tasks.create_task(_top_up(database, source, loaded, stop)),
        ]
        if live:
            following.append(tasks.create_task(_run(settings, redis, source.live, loaded, stop)))
        await stop.wait()
        for task in following:
            task.cancel()


async def _watch(parent: int, stop: asyncio.Event) -> None:
    while os.getppid() == parent:  # noqa: ASYNC110  no event tells that a parent ended
        await asyncio.sleep(_PARENT_CHECK_SECONDS)
    stop.set()


async def _top_up(database: Database, source: Demo, loaded: asyncio.Event, stop: asyncio.Event) -> None:
    """Top up every minute; a database that is away for a while is tried again at the next one."""
    while not stop.is_set():
        try:
            report = await source.load(database, datetime.now(UTC))
        except PublicError as error:
            _log.warning("demo_top_up_failed", code=error.code, reason=error.message)
        else:
            if not report.busy:
                loaded.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(_TICK_SECONDS):
                await stop.wait()


async def _run(
    settings: Settings, redis: RedisState, market: LiveMarket, loaded: asyncio.Event, stop: asyncio.Event
) -> None:
    """Play the running market, in one process at a time: two would bring the same, and cost twice."""
    await loaded.wait()
    while not stop.is_set():
        try:
            async with held(redis, _LEASE, _LEASE_SECONDS):
                _log.info("demo_market_runs")
                await Play(IntakeStream(redis, settings), market, Pace(0), CHECKPOINT).run(stop)
        except (LeaseLost, Unavailable) as reason:
            _log.warning("demo_market_paused", reason=str(reason))
            await asyncio.sleep(_PAUSE_SECONDS)
