"""A worker whose connections are cut in the middle of its work, and a Redis that loses what it had not on disk."""

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr
from redis import Redis
from redis.exceptions import RedisError

from ingest.pipeline import lane, settling
from ingest.pipeline.worker import run_worker
from ops.embedded.programs import valkey_server
from ops.settings import Settings
from storage.database import Database
from storage.dead_letters import DeadLetters
from storage.intake_group import ALIVE, Entry, IntakeGroup
from storage.intake_stream import CHECKPOINTS, IntakeStream
from storage.redis import open_redis
from storage.redis_translation import connected
from storage.rows import StockRow
from storage.write_stocks import write_stocks
from tests.abuse.kill_feed import CHECKPOINT, NAMES, feed, publish
from tests.abuse.test_pipeline_kills import compare, wait
from tests.ingest.pipeline.conftest import eventually
from tests.unix_relay import NAME, Relay, relayed

CUTS = 6
ITEMS = feed(datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2))[:3_000]


@pytest.fixture
async def listed(database: Database) -> Database:
    """A database that lists the feed's stocks."""
    rows = [StockRow(symbol, name, None, None, None, None, simulated=False) for symbol, name in NAMES.items()]
    await write_stocks(database, rows)
    return database


@asynccontextmanager
async def working(settings: Settings, **urls: str) -> AsyncIterator[None]:
    """Run a worker in this process that reaches its servers under other URLs."""
    own = settings.model_copy(update={name: SecretStr(url) for name, url in urls.items()})
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_worker(own, stop))
        try:
            yield
        finally:
            stop.set()


async def done(stream: IntakeStream, items: int) -> None:
    """Wait until so many items were published, and nothing is left undone."""

    async def ready() -> bool:
        with suppress(Exception):
            published = int(await stream.checkpoint(CHECKPOINT) or 0)
            return published >= items and not any((await stream.lengths()).values())
        return False

    await eventually(ready)


async def cut_in_turn(relay: Relay, stream: IntakeStream, settings: Settings) -> None:
    """Publish the feed, and cut the relay after each share of it; mend it when more is waiting."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(publish(settings, ITEMS))
        for number in range(1, CUTS + 1):
            share = len(ITEMS) * number // (CUTS + 1)

            async def passed(share: int = share) -> bool:
                return int(await stream.checkpoint(CHECKPOINT) or 0) >= share

            async def waits() -> bool:
                return sum((await stream.lengths()).values()) >= 100

            await eventually(passed)
            await relay.cut()
            await eventually(waits)
            await relay.mend()


async def test_cut_connections_to_postgresql_lose_and_double_nothing(
    listed: Database, settings: Settings, redis_url: str, tmp_path: Path
) -> None:
    """Whatever a connection was doing when it broke, the tables are the feed's, and no item was blamed."""
    async with (
        relayed(url_of(settings), tmp_path) as (url, relay),
        open_redis(settings) as redis,
        working(settings, database_url=url),
    ):
        stream = IntakeStream(redis, settings)
        await cut_in_turn(relay, stream, settings)
        await done(stream, len(ITEMS))
        assert await DeadLetters(redis, settings).count() == 0
    await compare(url_of(settings), ITEMS)


async def test_cut_connections_to_redis_lose_and_double_nothing(
    listed: Database, settings: Settings, redis_url: str, tmp_path: Path
) -> None:
    """Replies that were lost on their way left entries with nobody; they are found again."""
    parts = urlsplit(redis_url)
    relay = Relay(parts.path, tmp_path)
    await relay.mend()
    url = f"unix://{tmp_path / NAME}?db={parse_qs(parts.query)['db'][0]}"
    try:
        async with open_redis(settings) as redis, working(settings, redis_url=url):
            stream = IntakeStream(redis, settings)
            await cut_in_turn(relay, stream, settings)
            await done(stream, len(ITEMS))
            assert await DeadLetters(redis, settings).count() == 0
    finally:
        await relay.end()
    await compare(url_of(settings), ITEMS)


async def test_living_consumers_taken_for_dead_lose_and_double_nothing(
    listed: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signs of life that vanish, as with a Redis that was away, let others claim what is in hand: both may store it."""
    monkeypatch.setattr(lane, "CLAIM_IDLE", 0.0)
    monkeypatch.setattr(lane, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(settling, "MOST_DELIVERIES", 10_000)
    taken_over = 0
    real = IntakeGroup.claim

    async def counted(group: IntakeGroup, stream: str, most: int, *, of: str | None, idle: float) -> list[Entry]:
        nonlocal taken_over
        found = await real(group, stream, most, of=of, idle=idle)
        taken_over += len(found) if of not in (None, group.consumer) else 0
        return found

    monkeypatch.setattr(IntakeGroup, "claim", counted)
    async with open_redis(settings) as redis, working(settings), working(settings):
        stream = IntakeStream(redis, settings)
        async with asyncio.TaskGroup() as tasks:
            publishing = tasks.create_task(publish(settings, ITEMS))
            while not publishing.done():
                async for key in connected(redis).scan_iter(match=f"{ALIVE}*"):
                    await connected(redis).delete(key)
                await asyncio.sleep(0.01)
        await done(stream, len(ITEMS))
        assert await DeadLetters(redis, settings).count() == 0
    assert taken_over > 0
    await compare(url_of(settings), ITEMS)


def url_of(settings: Settings) -> str:
    """Return the URL of the test's database."""
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()


class OwnValkey:
    """A Valkey that writes its file as the embedded one does, and can be put back to an earlier moment."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{folder / 'socket'}"
        (folder / "data").mkdir()

    def start(self) -> None:
        """Start it, and wait until it has read its file."""
        options = {
            "port": "0", "unixsocket": str(self._folder / "socket"), "dir": str(self._folder / "data"),
            "appendonly": "yes", "appendfsync": "everysec", "save": "",
        }  # fmt: skip
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen([str(valkey_server()), *words], stdout=subprocess.DEVNULL)
        with Redis.from_url(self.url) as client:
            wait(partial(answers, client))

    def remember(self) -> None:
        """Copy its file as it is now."""
        shutil.copytree(self._folder / "data", self._folder / "earlier")

    def lose(self) -> None:
        """End it with SIGKILL, and put its file back to the moment that was remembered."""
        self.kill()
        shutil.rmtree(self._folder / "data")
        (self._folder / "earlier").rename(self._folder / "data")

    def kill(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def answers(client: Redis) -> bool:
    """Tell whether a server is there and has read its file."""
    try:
        return bool(client.ping())
    except RedisError:
        return False


@pytest.fixture
def own_valkey() -> Iterator[OwnValkey]:
    """A server that this test alone uses."""
    with tempfile.TemporaryDirectory(prefix="insitechart-test-") as name:
        server = OwnValkey(Path(name))
        server.start()
        yield server
        server.kill()


async def test_a_redis_that_loses_its_last_second_loses_no_item(
    listed: Database, settings: Settings, own_valkey: OwnValkey
) -> None:
    """Its file goes back by some hundred items, with the checkpoint that covered them: the collector reads again."""
    own = settings.model_copy(update={"redis_url": SecretStr(own_valkey.url)})
    async with open_redis(own) as redis, working(own):
        stream = IntakeStream(redis, own)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(publish(own, ITEMS))
            await until_published(stream, 1_000)
            own_valkey.remember()
            await until_published(stream, 1_800)
            own_valkey.lose()
            own_valkey.start()
            with Redis.from_url(own_valkey.url) as client:
                assert int(client.hget(CHECKPOINTS, CHECKPOINT) or 0) < 1_800
        await done(stream, len(ITEMS))
        assert await DeadLetters(redis, own).count() == 0
    await compare(url_of(settings), ITEMS)


async def until_published(stream: IntakeStream, items: int) -> None:
    """Wait until the collector's checkpoint covers so many items."""

    async def ready() -> bool:
        return int(await stream.checkpoint(CHECKPOINT) or 0) >= items

    await eventually(ready)
