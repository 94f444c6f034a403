"""What trending costs: `python -m tests.bench.trending [MENTIONS] [DAYS]`, of 500 stocks, on plain PostgreSQL.

A tenth of the mentions are copies, a tenth by one of five busy authors, and few stocks get most of the talk. Prints the
seconds of the first count, of a pass that finds nothing changed, of each snapshot in steady state, and of reading one.
"""

import asyncio
import sys
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

from ingest.jobs.counting import counting_job
from ingest.jobs.job import Surroundings
from ingest.jobs.repair import repair_job
from ops.settings import Settings
from storage import trending
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.jobs import Taken
from storage.redis import RedisState
from storage.session import Session
from storage.terms import Timeframe
from tests.servers import PLACE, cloned, make_template, plain_postgres

NOW = datetime(2026, 11, 20, 15, 3, tzinfo=UTC)
_FILL = """
INSERT INTO stock_mentions (symbol, source, external_id, posted_at, author, text, copy_key, score, label, model, tier)
SELECT 'S' || lpad(floor(500 * power(hashint4(n)::bigint % 100000 / 100000.0, 2))::text, 3, '0'),
       (ARRAY['reddit', 'x', 'news'])[1 + n % 3], 'post-' || n,
       $1::timestamptz + (n::float8 / $3::float8) * $5::interval,
       CASE WHEN n % 10 = 3 THEN 'busy-' || n % 5 ELSE 'author-' || hashint4(n * 7) % 50000 END,
       'Post number ' || n, CASE WHEN n % 10 = 7 THEN n / 500 ELSE 1000000 + n END,
       hashint4(n * 3) % 10000, 'neutral', 'reference', 'cashtag'
FROM generate_series($2::integer, $4::integer) AS n WHERE hashint4(n) >= 0
"""


async def fill(database: Database, mentions: int, days: int) -> None:
    """Write mentions in batches, as negative hashes are left out twice as many numbers as mentions."""
    numbers = 2 * mentions
    async with database.lease(Deadline.after(3_600)) as connection:
        await connection.execute("SET statement_timeout = 0")
        for start in range(0, numbers, 50_000):
            span = timedelta(days=days)
            await connection.execute(_FILL, NOW - span, start, float(numbers), start + 49_999, span)
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("RESET statement_timeout")
        stored = await connection.fetchval("SELECT count(*) FROM stock_mentions")
        pairs = await connection.fetchval("SELECT count(*) FROM sentiment_data WHERE width = 3600")
    print(f"{stored:,} mentions, {pairs:,} hours of stocks and sources")  # noqa: T201 - a bench prints


async def timed(what: str, work: Awaitable[Any]) -> Any:
    """Await, and print how long that took."""
    begun = perf_counter()
    result = await work
    print(f"{what:45} {perf_counter() - begun:7.3f} s")  # noqa: T201 - a bench prints
    return result


async def whole_pass(surroundings: Surroundings) -> None:
    """Run the counting job from the newest hour to the oldest."""
    position: Any = {}
    while True:
        outcome = await counting_job().work(surroundings, Taken("count", 1, NOW, position, 0))
        position = outcome.position
        if not outcome.again:
            return


async def measure(url: str, mentions: int, days: int) -> None:
    """Fill a database, and measure."""
    settings = Settings.model_validate({"database_url": url})
    async with open_database(settings) as database:
        await fill(database, mentions, days)
        surroundings = Surroundings(database, RedisState(None), settings)
        await timed("first count of all hours", whole_pass(surroundings))
        async with database.lease(Deadline.after(60)) as connection:
            await connection.execute("VACUUM ANALYZE counted_hours")
        await timed("pass that finds nothing changed", whole_pass(surroundings))
        await timed("repair of a day, nothing wrong", repair_job().work(surroundings, Taken("r", 1, NOW, {}, 0)))
        for minute in range(2):
            for timeframe in Timeframe:
                session = Session(database, Deadline.after(120))
                instant = NOW + timedelta(minutes=minute)
                await timed(f"snapshot {timeframe.value} {instant:%H:%M}", trending.store(session, timeframe, instant))
        reading = Session(database, Deadline.after(10))
        found = await timed("reading a snapshot", trending.snapshot(reading, Timeframe.DAY, NOW, 60))
        print(f"{len(found.entries)} entries; first {found.entries[0]}")  # noqa: T201 - a bench prints


async def main(mentions: int = 100_000, days: int = 65) -> None:
    """Run on a clone of the tests' template."""
    with plain_postgres() as url:
        template = await asyncio.to_thread(make_template, url, PLACE / "postgres")
        async with cloned(template) as clone:
            await measure(clone, mentions, days)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
