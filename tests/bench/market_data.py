"""The data of the bench: the demo's 500 stocks and 65 days of posts and hourly bars, and ten times as many of both.

Ten times: each mention nine times more within the same 65 days, by other authors and at other seconds, and each bar
nine times more in the 585 days before. The database is made anew in each run, ends now, and is written no more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from ingest.demo.load import Demo
from ops.embedded import used
from ops.embedded.identity import place_for
from ops.embedded.postgres import PostgresServer
from ops.embedded.programs import postgres_bin, valkey_server
from ops.embedded.valkey import ValkeyServer
from ops.settings import Settings
from storage import trending
from storage.counting import count_hours, counted_bounds
from storage.database import open_database
from storage.deadline import Deadline
from storage.migrate import migrate
from storage.rows import Window
from storage.session import Session
from storage.terms import Timeframe
from tests.servers import with_database

INTERVAL = 86_400
"""The bench's trending interval: one snapshot, stored before the first round, serves the whole run."""
_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "log_min_duration_statement": "-1",
    "max_wal_size": "4GB",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track_utility": "off",
}
_MORE_MENTIONS = """
INSERT INTO stock_mentions (symbol, source, external_id, posted_at, community, author, text, url, score, label,
                            evidence, model, tier, engagement, simulated, reason, relevance, copy_key)
SELECT symbol, source, external_id || '-copy-' || $1::integer, posted_at - make_interval(secs => 7 * $1::integer),
       community, author || $1::integer, text, url, score, label, evidence, model, tier, engagement, simulated, reason,
       relevance, copy_key + $1::integer
FROM stock_mentions WHERE external_id NOT LIKE '%-copy-_'
"""
_MORE_BARS = """
INSERT INTO stock_prices (symbol, width, time, open, high, low, close, volume, simulated)
SELECT symbol, width, time - $2::interval, open, high, low, close, volume, simulated
FROM stock_prices WHERE time >= $1::timestamptz
"""
_MOST_MENTIONED = """
SELECT symbol FROM sentiment_data WHERE width = 86400 GROUP BY symbol ORDER BY sum(mention_count) DESC, symbol
"""


@contextmanager
def running_servers(folder: Path) -> Iterator[tuple[PostgresServer, str]]:
    """Run PostgreSQL and Valkey in a folder of the bench; yield the first and the URL of the second."""
    place = place_for(folder)
    postgres = PostgresServer(place / "postgres", postgres_bin(), _OPTIONS)
    valkey = ValkeyServer(place / "valkey", valkey_server())
    with used([postgres, valkey]):
        yield postgres, valkey.url()


async def make_database(server_url: str, name: str, *, days: int) -> str:
    """Make a database with the demo's data; return its URL."""
    await _replace(server_url, name)
    url = with_database(server_url, name)
    await migrate(url)
    settings = Settings.model_validate({"database_url": url, "deadlines": {"operation": 600.0}})
    async with open_database(settings) as database:
        await Demo(days).load(database, datetime.now(UTC))
    await _finish(url)
    return url


async def recent_database(server_url: str, name: str, *, days: int) -> str:
    """Return the URL of a database of an earlier run if its data ends within the last hour, else of a new one."""
    url = with_database(server_url, name)
    try:
        connection = await asyncpg.connect(url)
    except asyncpg.InvalidCatalogNameError:
        return await make_database(server_url, name, days=days)
    try:
        newest = await connection.fetchval("SELECT max(posted_at) FROM stock_mentions")
        missing = await connection.fetchval("SELECT count(*) = 0 FROM trending_snapshots")
    except asyncpg.UndefinedTableError:
        newest, missing = None, True
    finally:
        await connection.close()
    if missing or newest is None or newest < datetime.now(UTC) - timedelta(hours=1):
        return await make_database(server_url, name, days=days)
    return url


async def multiply(server_url: str, source: str, name: str, *, days: int) -> str:
    """Make a copy of a database with ten times its mentions and bars; return its URL."""
    await _replace(server_url, name, source)
    url = with_database(server_url, name)
    connection = await asyncpg.connect(url)
    try:
        oldest = await connection.fetchval("SELECT min(time) FROM stock_prices")
        for number in range(1, 10):
            await connection.execute(_MORE_BARS, oldest, timedelta(days=days * number))
        for number in range(1, 10):
            await connection.execute(_MORE_MENTIONS, number)
    finally:
        await connection.close()
    await _finish(url)
    return url


async def most_mentioned(url: str) -> list[str]:
    """Return the symbols with mentions, the most mentioned first."""
    connection = await asyncpg.connect(url)
    try:
        return [row["symbol"] for row in await connection.fetch(_MOST_MENTIONED)]
    finally:
        await connection.close()


async def _replace(server_url: str, name: str, template: str = "template1") -> None:
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    finally:
        await connection.close()


async def _finish(url: str) -> None:
    """Bring statistics up to date, and store the snapshot that the run reads."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        await connection.execute("DELETE FROM trending_snapshots")
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
    settings = Settings.model_validate({"database_url": url})
    async with open_database(settings) as database:
        session = Session(database, Deadline.after(300))
        await _count_all_hours(session)
        await trending.store(session, Timeframe.DAY, datetime.now(UTC).replace(microsecond=0))


async def _count_all_hours(session: Session) -> None:
    """Do the counting job's work: until then a snapshot takes copies of texts in older hours for mentions."""
    bounds = await counted_bounds(session)
    if bounds is None:
        raise LookupError("the bench's database has no mentions")
    hours = Window(bounds[0], bounds[1] + timedelta(hours=1))
    while True:
        async with session.transaction() as transaction:
            await transaction.allow_deadline()
            if not await count_hours(transaction, hours):
                return
