"""kill -9 of publisher, scorer, Valkey and PostgreSQL in turn, under load: nothing is lost, nothing is doubled."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from redis import Redis
from redis.exceptions import RedisError

from ops.embedded import servers
from storage.dead_letters import DEAD_LETTERS
from storage.event_items import Event, MentionEvent
from storage.events import EVENT, EVENT_STREAMS
from storage.intake_items import Item
from storage.intake_stream import CHECKPOINTS, POSTS, PRICES
from storage.migrate import migrate
from tests.abuse.kill_feed import CHECKPOINT, ITEMS, NAMES, feed, outcome
from tests.ops.conftest import data_dir
from tests.ops.embedded.users import ROOT, recorded_pid
from tests.storage.test_writers import _DRIFT

__all__ = ["data_dir"]

KILLS = 20
PATIENCE = 100.0


class Processes:
    """The publisher, which is started again when it was killed, and the worker with its two scorers."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log.open("w")
        self.publisher = self._start("tests.abuse.kill_feed")
        self.worker = self._start("ops.cli", "work", "--scorers", "2", "--no-jobs")

    def scorer(self) -> int:
        """Return one of the scorers: the older."""
        path = Path(f"/proc/{self.worker.pid}/task/{self.worker.pid}/children")
        found: list[int] = wait(lambda: [int(pid) for pid in path.read_text().split()])
        return found[0]

    def kill_publisher(self) -> None:
        """Kill the publisher, and start it again as its supervisor would."""
        self.publisher.kill()
        self.publisher.wait()
        self.publisher = self._start("tests.abuse.kill_feed")

    def end(self) -> None:
        """End both."""
        for process in (self.publisher, self.worker):
            process.terminate()
        for process in (self.publisher, self.worker):
            process.wait(20)
        self._log.close()

    def _start(self, *module: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", *module]
        return subprocess.Popen(command, env=self._environment, cwd=ROOT, stdout=self._log, stderr=self._log)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_twenty_kills_lose_nothing_and_double_nothing(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Afterwards posts, mentions, roll-ups, prices and events are what an undisturbed reading of the feed comes to."""
    start = int(time.time()) - 7_200
    with servers(data_dir, postgres=True, valkey=True) as endpoints:
        database_url, redis_url = str(endpoints.database_url), str(endpoints.redis_url)
        asyncio.run(_prepare(database_url))
        environment = {
            **os.environ,
            "INSITECHART_DATABASE_URL": database_url,
            "INSITECHART_REDIS_URL": redis_url,
            "INSITECHART_INTAKE_EVENTS": "500000",
            "KILL_FEED_START": str(start),
        }
        with _running(environment, data_dir / "log") as processes, Redis.from_url(redis_url) as client:
            kills = _kill_in_turn(processes, data_dir, client)
            wait(partial(_ask, partial(_all_done, client)))
            dead = client.xlen(DEAD_LETTERS)
            told = _told(client)
        counts = asyncio.run(compare(database_url, feed(datetime.fromtimestamp(start, UTC))))
        counts["told"] = len(told)
        assert asyncio.run(_mention_ids(database_url)) <= told
        assert dead == 0
    with capsys.disabled():
        print(f"\n{kills} kills; {counts}")  # noqa: T201 - the counts are the evidence


def _kill_in_turn(processes: Processes, data_dir: Path, client: Redis) -> dict[str, int]:
    """Kill each of the four in turn, each time after the feed has got on by its share."""
    kills = {"publisher": 0, "scorer": 0, "valkey": 0, "postgres": 0}
    for number in range(1, KILLS + 1):
        share = ITEMS * number // (KILLS + 2)
        wait(partial(_ask, partial(_has_published, client, share)))
        name = list(kills)[number % 4]
        if name == "publisher":
            processes.kill_publisher()
        elif name == "scorer":
            os.kill(processes.scorer(), signal.SIGKILL)
        else:
            os.kill(recorded_pid(data_dir, name), signal.SIGKILL)
        kills[name] += 1
    return kills


async def _prepare(database_url: str) -> None:
    await migrate(database_url)
    connection = await asyncpg.connect(database_url)
    try:
        await connection.executemany("INSERT INTO stocks (symbol, name) VALUES ($1, $2)", list(NAMES.items()))
    finally:
        await connection.close()


async def compare(database_url: str, items: list[Item]) -> dict[str, int]:
    """Compare the tables with an undisturbed reading of the items; return how many rows there are."""
    expected = outcome(items)
    connection = await asyncpg.connect(database_url)
    try:
        posts = await connection.fetch("SELECT source, external_id, posted_at, deleted_at FROM posts")
        mentions = await connection.fetch(
            "SELECT source, external_id, symbol, posted_at, score, label, tier, text FROM stock_mentions"
        )
        bars = await connection.fetch("SELECT symbol, time, close, volume FROM stock_prices")
        quotes = await connection.fetch("SELECT symbol, at, price FROM quotes")
        drift = await connection.fetchval(_DRIFT)
    finally:
        await connection.close()
    alive = {(row["source"], row["external_id"]): row["posted_at"] for row in posts if row["deleted_at"] is None}
    assert alive.keys() - expected.stand.keys() <= expected.silent
    assert {key: alive.get(key) for key in expected.stand} == {
        key: record.posted_at for key, record in expected.stand.items()
    }
    assert {(row["source"], row["external_id"]) for row in posts if row["deleted_at"] is not None} == expected.gone
    assert sorted(map(tuple, mentions)) == sorted(
        (*key, mention.symbol, record.posted_at, mention.score, mention.label.value, mention.tier, record.text)
        for key, record in expected.stand.items()
        for mention in record.mentions
    )
    assert sorted(map(tuple, bars)) == sorted((*key, bar.close, bar.volume) for key, bar in expected.bars.items())
    assert sorted(map(tuple, quotes)) == sorted((key, quote.at, quote.price) for key, quote in expected.quotes.items())
    assert drift == 0
    numbers = {"items": len(items), "posts": len(expected.stand), "removed": len(expected.gone)}
    return numbers | {"mentions": len(mentions), "bars": len(bars), "quotes": len(quotes)}


async def _mention_ids(database_url: str) -> set[int]:
    connection = await asyncpg.connect(database_url)
    try:
        return {row["mention_id"] for row in await connection.fetch("SELECT mention_id FROM stock_mentions")}
    finally:
        await connection.close()


def _told(client: Redis) -> set[int]:
    decoder = msgspec.msgpack.Decoder(Event)
    entries: Any = client.xrange(EVENT_STREAMS[MentionEvent])
    events = [decoder.decode(fields[EVENT]) for _, fields in entries]
    return {event.mention.mention_id for event in events if isinstance(event, MentionEvent)}


def _has_published(client: Redis, items: int) -> bool:
    return int(client.hget(CHECKPOINTS, CHECKPOINT) or 0) >= items


def _all_done(client: Redis) -> bool:
    return _has_published(client, ITEMS) and client.xlen(POSTS) == 0 and client.xlen(PRICES) == 0


def _ask(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except RedisError:
        return False


@contextmanager
def _running(environment: dict[str, str], log: Path) -> Iterator[Processes]:
    processes = Processes(environment, log)
    try:
        yield processes
    finally:
        processes.end()


def wait(condition: Callable[[], Any]) -> Any:
    """Return what a condition returns as soon as that is something; fail when patience ends."""
    ends = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < ends, "the pipeline stands still"
        time.sleep(0.02)
    return found
