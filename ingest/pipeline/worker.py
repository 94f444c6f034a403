"""One scorer process: two lanes of posts, so that one scores while the other stores, and a lane of prices.

Posts carry when they were read, so any number of processes may take them side by side. Prices do not: of all
processes one at a time takes them, in their order.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from ingest.pipeline.lane import Lane
from ingest.pipeline.patience import Patience, Stopped
from ingest.pipeline.post_stage import PostStage
from ingest.pipeline.price_stage import PriceStage
from ingest.pipeline.reading import REFRESH_SECONDS, Reading
from ingest.pipeline.settling import Ready, Settling
from ingest.pipeline.stage import Stage
from ingest.pipeline.tally import REPORT_SECONDS, Tally
from ops.errors import Unavailable
from ops.metrics import Metrics, make_metrics
from ops.settings import Settings
from storage.database import Database, open_database
from storage.dead_letters import DeadLetters
from storage.fences import Fenced, draw
from storage.intake_group import IntakeGroup
from storage.intake_stream import POSTS, PRICES
from storage.lease import Lease, LeaseLost, LeaseTaken, held
from storage.measured_database import statements_measured
from storage.redis import RedisState, open_redis

POST_LANES: Final = 2
PRICE_LEASE: Final = "prices"
LOOKS_PER_REMINDER: Final = 60
LOOK_SECONDS: Final = 1.0
_LEASE_SECONDS: Final = 8.0
_LEASE_PATIENCE: Final = 2.0
_ALIVE_SECONDS: Final = 6.0
_SIGN_SECONDS: Final = 1.5
_REDIS_SECONDS: Final = 5.0  # a batch of a thousand entries takes a busy server longer than a request may wait

_log = structlog.get_logger()


async def run_worker(settings: Settings, stop: asyncio.Event, metrics: Metrics | None = None) -> None:
    """Take items off the intake until `stop`; a batch in hand is finished, unless a server is away.

    Servers that are away are waited for, and so are the first listed stocks.
    """
    patient = settings.deadlines.model_copy(update={"redis": max(settings.deadlines.redis, _REDIS_SECONDS)})
    settings = settings.model_copy(update={"deadlines": patient})
    async with open_database(settings) as database, open_redis(settings) as redis:
        database.telling.insists = True  # what could not be told is taken again, written again and told then
        metrics = metrics or make_metrics()
        worker = _Worker(settings, database, redis, Patience(stop), metrics)
        _log.info("scorer_started", posts=POST_LANES)
        with statements_measured(metrics, database):
            await worker.work()
        _log.info("scorer_stopped")


class _Worker:
    def __init__(
        self, settings: Settings, database: Database, redis: RedisState, patience: Patience, metrics: Metrics
    ) -> None:
        self._settings = settings
        self._database = database
        self._redis = redis
        self._patience = patience
        self._tally = Tally(metrics)
        self._leading = metrics.leases_held.labels(PRICE_LEASE)
        self._reading = Reading()
        self._letters = DeadLetters(redis, settings)

    async def work(self) -> None:
        """Do all of it, until the stop."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.learn_listing())
            tasks.create_task(self.report())
            tasks.create_task(self.take_prices())
            for _ in range(POST_LANES):
                tasks.create_task(self.take_posts())

    async def learn_listing(self) -> None:
        """Read the listed stocks at the start, and again now and then."""
        looks = 0
        try:
            while not self._patience.stop.is_set():
                await self._patience.outlast("PostgreSQL", lambda _: self._reading.refresh(self._database))
                if not self._reading.ready and looks % LOOKS_PER_REMINDER == 0:
                    _log.warning("no_stock_is_listed", advice="insitechart import stocks FILE; until then posts wait")
                looks += 1
                await self._patience.rest(REFRESH_SECONDS if self._reading.ready else LOOK_SECONDS)
        except Stopped:
            return

    async def report(self) -> None:
        """Log the counts now and then, and at the end."""
        while not self._patience.stop.is_set():
            await self._patience.rest(REPORT_SECONDS)
            self._tally.report()

    async def take_posts(self) -> None:
        """Be one of the consumers of posts."""
        async with self._consumer(POSTS) as group:
            stage = PostStage(self._database, group, self._reading, self._tally)
            await self._run(POSTS, group, stage, None)

    async def take_prices(self) -> None:
        """Be the consumer of prices, whenever no other process is."""
        async with self._consumer(PRICES) as group:
            while not self._patience.stop.is_set():
                try:
                    async with held(self._redis, PRICE_LEASE, _LEASE_SECONDS, _LEASE_PATIENCE) as lease:
                        with self._leading.track_inprogress():
                            await self._lead(group, lease)
                except LeaseTaken:
                    continue
                except (LeaseLost, Fenced, Unavailable) as error:
                    _log.warning("prices_left_to_others", reason=str(error))
                    await self._patience.rest(1.0)

    async def _lead(self, group: IntakeGroup, lease: Lease) -> None:
        try:
            fence = await self._patience.outlast("PostgreSQL", lambda _: draw(self._database, PRICE_LEASE))
        except Stopped:
            return
        await self._run(PRICES, group, PriceStage(self._database, self._tally, fence), lease)

    async def _run(self, stream: str, group: IntakeGroup, stage: Stage[Ready], lease: Lease | None) -> None:
        settling = Settling(
            stage, group, self._letters, self._redis, self._patience, self._tally, self._settings.intake
        )
        try:
            await Lane(stream, group, settling, stage, self._redis, self._patience, lease).run()
        except Stopped:
            _log.info("batch_left_pending", stream=stream)

    @asynccontextmanager
    async def _consumer(self, stream: str) -> AsyncGenerator[IntakeGroup, None]:
        """Be a consumer that shows signs of life while the block runs, and says when it leaves."""
        group = IntakeGroup(self._redis)
        left = asyncio.Event()
        signs = asyncio.create_task(_show_signs(group, left))
        try:
            yield group
        finally:
            left.set()  # and no cancellation: the driver may swallow one that meets a lost connection
            await asyncio.wait({signs})
            try:
                await group.leave([stream])
            except Unavailable:
                _log.info("left_without_a_word", consumer=group.consumer)


async def _show_signs(group: IntakeGroup, left: asyncio.Event) -> None:
    pause = Patience(left)
    while not left.is_set():
        try:
            await group.show_alive(_ALIVE_SECONDS)
        except Unavailable:
            _log.info("no_sign_of_life", consumer=group.consumer)
        await pause.rest(_SIGN_SECONDS)
