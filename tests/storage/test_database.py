"""Leases: deadlines that reach the server, cancellation that stops SQL, and connections that come back as they left."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from ops.errors import DeadlineExceeded, Unavailable
from ops.settings import Settings
from storage import days, mentions, prices, sentiment, stocks, trending
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.paging import PageRequest
from storage.pool_options import pool_options
from storage.rows import StockRow, Window
from storage.session import Session
from storage.terms import BucketSize, Timeframe
from storage.write_prices import PriceRecord, write_prices
from storage.write_stocks import write_stocks

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
# Asleep, and not merely active, as while it is parsed: a cancel that comes before the execution ends nothing.
_SLEEPERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND query LIKE '%pg_sleep(77%' AND state = 'active' AND wait_event = 'PgSleep'
AND pid <> $1
"""
_STATE = """
SELECT array(SELECT name || '=' || setting FROM pg_settings WHERE source = 'session' ORDER BY name) AS settings,
       array(SELECT pg_listening_channels()) AS channels, array(SELECT name FROM pg_cursors) AS cursors,
       (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks,
       (SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()) AS tables,
       pg_backend_pid() AS backend, current_setting('transaction_read_only') AS readonly
"""


def configured(url: str, **more: object) -> Settings:
    """Settings of one database."""
    return Settings.model_validate({"database_url": url, **more})


@pytest.fixture
async def single(plain_database_url: str) -> AsyncIterator[Database]:
    """A database of one connection."""
    settings = configured(plain_database_url, database_pool=1, deadlines={"acquire": 30})
    async with open_database(settings) as database:
        yield database


async def sleepers(database: Database) -> int:
    """How many of our long statements the server runs."""
    async with database.lease(Deadline.after(30)) as connection:
        return int(await connection.fetchval(_SLEEPERS, connection.get_server_pid()))


async def asleep(database: Database, number: int = 1) -> None:
    """Wait until the server runs so many of our long statements."""
    async with asyncio.timeout(30):
        while await sleepers(database) != number:  # noqa: ASYNC110 - the event is on the server
            await asyncio.sleep(0.01)


async def test_cancelling_the_wait_stops_the_statement(database: Database) -> None:
    """A client that leaves takes its SQL along: the server has nothing left to run, and the connection is reused."""
    task = asyncio.create_task(Session(database, Deadline.after(60)).fetch("sleep", "SELECT pg_sleep(77)"))
    await asleep(database)
    size = database.size
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asleep(database, 0)
    await database.settle()
    assert database.size == size


async def test_cancelling_a_transaction_rolls_it_back(database: Database) -> None:
    """What a cancelled transaction wrote is gone, and its connection is not lost to the pool."""

    async def write() -> None:
        async with Session(database, Deadline.after(60)).transaction() as transaction:
            await transaction.execute("insert", "INSERT INTO feeds VALUES ('demo', now())")
            await transaction.fetch("sleep", "SELECT pg_sleep(77)")

    task = asyncio.create_task(write())
    await asleep(database)
    size = database.size
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await database.settle()
    assert database.size == size
    session = Session(database, Deadline.after(10))
    assert (await session.fetch("feeds", "SELECT count(*) AS number FROM feeds"))[0]["number"] == 0


async def test_a_deadline_stops_the_statement(database: Database) -> None:
    """An operation out of time is a coded error, and its statement ends on the server."""
    with pytest.raises(DeadlineExceeded):
        await Session(database, Deadline.after(0.2)).fetch("sleep", "SELECT pg_sleep(77)")
    await asleep(database, 0)
    with pytest.raises(DeadlineExceeded):
        await Session(database, Deadline.after(0)).fetch("late", "SELECT 1")


async def test_the_server_enforces_the_operation_deadline(database_url: str) -> None:
    """statement_timeout is the operation's deadline: a client that never cancels is stopped as well."""
    async with open_database(configured(database_url, deadlines={"operation": 0.2})) as database:
        with pytest.raises(DeadlineExceeded) as raised:
            await Session(database, Deadline.after(60)).fetch("sleep", "SELECT pg_sleep(77)")
        assert isinstance(raised.value.__cause__, asyncpg.QueryCanceledError)


async def test_a_busy_pool_refuses_in_time(single: Database) -> None:
    """Waiting for a connection is bounded; the breaker stays closed, for the server is well; then all goes on."""
    async with single.lease(Deadline.after(30)):
        single._patience = 0.1  # now that its connection is open
        for _ in range(5):
            with pytest.raises(Unavailable, match="busy"):
                async with single.lease(Deadline.after(30)):
                    pass
        with pytest.raises(DeadlineExceeded):
            async with single.lease(Deadline.after(0.05)):
                pass
    await single.ping(Deadline.after(30))


async def test_a_burst_on_a_pool_that_is_still_growing_is_no_outage(plain_database_url: str) -> None:
    """Waiters turned away while the last connections were being opened say "busy", and the breaker stays closed."""
    settings = configured(plain_database_url, database_pool=4, deadlines={"acquire": 1.0})
    async with open_database(settings) as database:
        leases = [Session(database, Deadline.after(30)).fetch("sleep", "SELECT pg_sleep(3)") for _ in range(12)]
        outcomes = await asyncio.gather(*leases, return_exceptions=True)
        refused = [outcome for outcome in outcomes if isinstance(outcome, Unavailable)]
        assert len(refused) == 8
        assert {str(each) for each in refused} == {"The database is busy."}
        assert not database.breaker.open


async def test_operations_out_of_time_are_no_outage(plain_database_url: str) -> None:
    """Who had no time left to wait for a new connection has learnt nothing about the server."""
    async with open_database(configured(plain_database_url, database_pool=1)) as database:
        await database._pool.expire_connections()
        for _ in range(5):
            with pytest.raises(DeadlineExceeded):
                await database.ping(Deadline.after(0.000_1))
        await database.ping(Deadline.after(30))


async def test_a_mistake_in_sql_is_not_disguised(single: Database) -> None:
    """Only failures of the database are translated; a bug of ours stays one, and its connection works on."""
    session = Session(single, Deadline.after(30))
    with pytest.raises(asyncpg.UndefinedTableError):
        await session.fetch("wrong", "SELECT 1 FROM no_such_table")
    with pytest.raises(asyncpg.DataError):
        await session.fetch("wrong", "SELECT $1::integer", "seven")
    assert await session.fetchrow("right", "SELECT 1 AS one") is not None
    found = [(record.name, record.rows, record.failure) for record in session.statements]
    assert found == [("wrong", 0, "INTERNAL"), ("wrong", 0, "INTERNAL"), ("right", 1, None)]


async def test_a_lost_connection_is_a_coded_error(single: Database) -> None:
    """The statement whose back end was ended fails with a code; the next one gets a new connection."""
    with pytest.raises(Unavailable):
        await Session(single, Deadline.after(30)).fetch("suicide", "SELECT pg_terminate_backend(pg_backend_pid())")
    await single.ping(Deadline.after(30))


async def test_no_code_changes_session_state(single: Database) -> None:
    """Why connections need no reset: after every repository and writer, and failures, the session is as before."""
    session = Session(single, Deadline.after(30))
    before = await session.fetchrow("state", _STATE)
    await write_stocks(single, [StockRow("AAPL", "Apple", None, "Tech", None, None, simulated=True)])
    await write_prices(single, [PriceRecord("AAPL", 3_600, NOW - timedelta(hours=n), 1, 1, 1, 1, 1) for n in range(9)])
    await stocks.search(session, "aple", 5)
    await prices.quotes(session, ["AAPL"])
    await prices.candles(session, ["AAPL"], BucketSize.DAY, None, PageRequest(5))
    await sentiment.totals(session, ["AAPL"], Window(NOW - timedelta(days=2), NOW), None)
    await mentions.page(session, mentions.MentionFilter(text="apple"), PageRequest(5))
    await days.days_by_symbol(session, ["AAPL"], 5, NOW)
    await trending.snapshot(session, Timeframe.DAY, NOW, 60)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await session.fetch("wrong", "SELECT 1 / 0")
    async with session.transaction() as transaction:
        await transaction.execute("local", "SELECT set_config('work_mem', '1MB', true)")
    assert await session.fetchrow("state", _STATE) == before


def test_pgbouncer_gets_no_session_parameters() -> None:
    """Behind pgbouncer nothing is sent that it refuses, and no statement is prepared beyond its transaction."""
    options = pool_options(configured("postgresql://me@bouncer/db", pgbouncer=True))
    assert options["server_settings"] == {"application_name": "insitechart"}
    assert options["statement_cache_size"] == 0


async def test_address_names_the_server_and_no_secret() -> None:
    """What an operator is shown: host, port, database; for a Unix socket its folder."""
    for url, address in (
        ("postgresql://me:secret@db.example:6000/chart", "db.example:6000/chart"),
        ("postgresql://me:secret@/chart?host=%2Frun%2Fpg", "/run/pg:5432/chart"),
        ("postgresql://me:secret@one,two:6000,[::1]/chart", "one:5432,two:6000,[::1]:5432/chart"),
    ):
        async with open_database(configured(url, deadlines={"connect": 0.1}, database_pool=1)) as database:
            assert database.address == address
