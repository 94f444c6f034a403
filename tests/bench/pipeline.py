"""`python -m tests.bench.pipeline`: posts a second through read, extract, score, COPY and publish; CPU by process.

PostgreSQL and Valkey are this project's embedded ones, on the same cores, with every commit on disk. The posts, 120
characters long and naming one or two of 2,000 listed stocks, wait in the stream before the clock starts: it runs from
the first batch that is finished to the last.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ops.embedded import servers
from ops.settings import Settings
from storage.database import open_database
from storage.deadline import Deadline
from storage.intake_items import CollectedPost
from storage.intake_stream import POSTS, IntakeStream
from storage.migrate import migrate
from storage.redis import open_redis
from storage.rows import StockRow
from storage.terms import Source
from storage.write_stocks import write_stocks
from tests.bench.pipeline_servers import cpu_seconds, processes_of, scorers

LISTED = [
    first + second + third + "X" for first in "BCDFGHJKLMNP" for second in "BCDFGHJKLMNPQ" for third in "BCDFGHJKLMNPQ"
][:2_000]
WORDS = (  # noqa: SIM905 - a list of words reads best as words
    "earnings beat guidance great terrible quarter shares price target calls puts bought sold gain loss moon market "
    "today really never after before analysts upgrade downgrade weak strong growth margin revenue outlook think"
).split()
CHARACTERS = 120
_PATIENCE = 90.0


def posts(number: int, seed: int) -> Iterator[CollectedPost]:
    """Make posts of CHARACTERS characters, each about one or two listed stocks."""
    roll = random.Random(seed)
    start = datetime.now(UTC) - timedelta(hours=6)
    for place in range(number):
        named = [("$" if roll.random() < 0.5 else "") + symbol for symbol in roll.sample(LISTED, 1 + place % 2)]
        words = [*named, *(roll.choice(WORDS) for _ in range(24))]
        roll.shuffle(words)
        text = " ".join([*named, *words])[:CHARACTERS]
        at = start + timedelta(seconds=place / 10)
        source = roll.choice((Source.REDDIT, Source.X))
        yield CollectedPost(source, f"{seed}-{place:08d}", at, at, text, "stocks", f"a{roll.randrange(20_000)}")


async def prepare(database_url: str) -> None:
    """Make the tables and list the stocks."""
    await migrate(database_url)
    settings = Settings.model_validate({"database_url": database_url})
    async with open_database(settings) as database:
        rows = [StockRow(symbol, f"{symbol} Corporation", None, None, None, None, simulated=False) for symbol in LISTED]
        await write_stocks(database, rows)


async def fill(redis_url: str, number: int, seed: int) -> None:
    """Put posts on the stream."""
    settings = Settings.model_validate({"redis_url": redis_url, "intake": {"backlog": 10_000_000}})
    async with open_redis(settings) as redis:
        await IntakeStream(redis, settings).publish(list(posts(number, seed)))


async def drained(redis_url: str, below: int) -> float:
    """Wait until the stream is as short as that; return the moment. Raise TimeoutError where nobody works on it."""
    settings = Settings.model_validate({"redis_url": redis_url})
    async with asyncio.timeout(_PATIENCE), open_redis(settings) as redis:
        stream = IntakeStream(redis, settings)
        while (await stream.lengths())[POSTS] > below:  # noqa: ASYNC110 - the length is another process's
            await asyncio.sleep(0.02)
    return time.monotonic()


async def mentions(database_url: str) -> int:
    """Count what was stored."""
    settings = Settings.model_validate({"database_url": database_url})
    async with open_database(settings) as database, database.lease(Deadline.after(30)) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM stock_mentions"))


def measure(folder: Path, number: int, processes: int) -> None:
    """Measure once and print."""
    with servers(folder, postgres=True, valkey=True) as endpoints:
        database_url, redis_url = str(endpoints.database_url), str(endpoints.redis_url)
        asyncio.run(prepare(database_url))
        asyncio.run(fill(redis_url, number, seed=1))
        with scorers(processes, database_url, redis_url, folder / "scorers.log") as pids:
            asyncio.run(drained(redis_url, number - 1))
            begun, before = time.monotonic(), _used(folder, pids)
            number = asyncio.run(_waiting(redis_url))
            ended = asyncio.run(drained(redis_url, 0))
            used = {name: seconds - before[name] for name, seconds in _used(folder, pids).items()}
        stored = asyncio.run(mentions(database_url))
    seconds = ended - begun
    print(f"{number:,} posts, {processes} scorers: {seconds:.2f} s, {number / seconds:,.0f} posts a second")  # noqa: T201
    for name, spent in used.items():
        print(f"  {name:12} {1_000 * spent / (number / 1_000):7.1f} ms of CPU per 1,000 posts")  # noqa: T201
    print(f"  {'all':12} {1_000 * sum(used.values()) / (number / 1_000):7.1f}; {stored:,} mentions are stored")  # noqa: T201


async def _waiting(redis_url: str) -> int:
    settings = Settings.model_validate({"redis_url": redis_url})
    async with open_redis(settings) as redis:
        return (await IntakeStream(redis, settings).lengths())[POSTS]


def _used(folder: Path, pids: list[int]) -> dict[str, float]:
    place = folder.resolve()
    return {
        "scorers": sum(map(cpu_seconds, pids)),
        "postgresql": sum(map(cpu_seconds, processes_of("postgres", place / "postgres" / "data"))),
        "valkey": sum(map(cpu_seconds, processes_of("valkey", place / "valkey" / "data"))),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=60_000)
    parser.add_argument("--scorers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        measure(Path(name) / "bench", given.posts, given.scorers)
