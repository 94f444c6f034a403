"""Statements that carry a comment: the server shows it, and statements that are prepared stay prepared."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ops.settings import Settings
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.session import Session

COMMENT = "/*operation='Watchlist',traceparent='00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'*/ "
_SHOWN = """
SELECT query FROM pg_stat_activity
WHERE datname = current_database() AND query LIKE '%pg_sleep(66%' AND state = 'active' AND pid <> pg_backend_pid()
"""
_PREPARED = "SELECT name, statement FROM pg_prepared_statements ORDER BY prepare_time"


@pytest.fixture
async def single(plain_database_url: str) -> AsyncIterator[Database]:
    """A database of one connection."""
    settings = Settings.model_validate({"database_url": plain_database_url, "database_pool": 1})
    async with open_database(settings) as database:
        yield database


@pytest.fixture
async def session(single: Database) -> Session:
    """A session on it."""
    return Session(single, Deadline.after(60))


async def prepared(session: Session) -> list[str]:
    """The texts of the statements that the connection keeps."""
    before, session.comment = session.comment, None
    rows = await session.fetch("prepared", _PREPARED)
    session.comment = before
    return [row["statement"] for row in rows if row["name"]]


async def test_the_server_shows_the_comment(database: Database) -> None:
    """Whoever looks at what the server runs sees the operation and its trace, at the beginning of the text."""
    session = Session(database, Deadline.after(60))
    session.comment = COMMENT
    sleeping = asyncio.create_task(session.fetch("sleep", "SELECT pg_sleep(66)"))
    watching = Session(database, Deadline.after(60))
    async with asyncio.timeout(30):
        while not (rows := await watching.fetch("shown", _SHOWN)):  # noqa: ASYNC110 - the event is on the server
            await asyncio.sleep(0.01)
    assert [row["query"] for row in rows] == [f"{COMMENT}SELECT pg_sleep(66)"]
    sleeping.cancel()
    await asyncio.wait({sleeping})


async def test_statements_stay_prepared(session: Session) -> None:
    """A text with a comment is forgotten at once; the same without one is prepared once, before and after."""
    await session.fetch("plus", "SELECT $1::int + 1 AS sum", 1)
    known = await prepared(session)
    for number in range(150):
        session.comment = COMMENT.replace("4bf9", f"{number:04x}")
        rows = await session.fetch("plus", "SELECT $1::int + 1 AS sum", number)
        assert rows[0]["sum"] == number + 1
    assert await prepared(session) == [*known]
    session.comment = None
    await session.fetch("plus", "SELECT $1::int + 1 AS sum", 1)
    assert await prepared(session) == known


async def test_a_transaction_carries_it_as_well(session: Session) -> None:
    """Statements that are planned for their values say whose they are."""
    session.comment = COMMENT
    rows = await session.fetch_for_values("own", "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()")
    assert rows[0]["query"].startswith(COMMENT)
    assert not [text for text in await prepared(session) if COMMENT in text]
