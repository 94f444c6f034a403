"""A statement's time has its wait for a connection, also where it has a transaction of its own."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ops.errors import DeadlineExceeded
from ops.settings import Settings
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.session import Session

WAIT = 0.1


@pytest.fixture
async def single(plain_database_url: str) -> AsyncIterator[Database]:
    """A database of one connection."""
    settings = Settings.model_validate(
        {"database_url": plain_database_url, "database_pool": 1, "deadlines": {"acquire": 30}}
    )
    async with open_database(settings) as database:
        yield database


async def test_the_first_statement_of_a_transaction_has_the_wait(single: Database) -> None:
    """Somebody has the only connection for a while; the second statement waits for nobody."""
    session = Session(single, Deadline.after(30))

    async def both() -> None:
        async with session.transaction() as transaction:
            await transaction.fetch("first", "SELECT 1")
            await transaction.fetch("second", "SELECT 1")

    async with single.lease(Deadline.after(30)):
        asking = asyncio.create_task(both())
        await asyncio.sleep(WAIT)
    await asking
    first, second = session.statements
    assert (first.name, first.failure, second.name) == ("first", None, "second")
    assert first.seconds >= WAIT
    assert second.begun >= first.begun + first.seconds


async def test_a_statement_that_found_no_connection_is_on_record(single: Database) -> None:
    """It failed under its own name, and with the time that it was waited for."""
    session = Session(single, Deadline.after(WAIT))
    async with single.lease(Deadline.after(30)):
        with pytest.raises(DeadlineExceeded):
            await session.fetch_for_values("values", "SELECT 1")
    (record,) = session.statements
    assert (record.name, record.rows, record.failure) == ("values", 0, DeadlineExceeded.code)
    assert record.seconds >= WAIT / 2


async def test_one_that_came_too_late_in_its_transaction_is_on_record(single: Database) -> None:
    """The deadline is over before it is sent."""
    session = Session(single, Deadline.after(30))
    async with session.transaction() as transaction:
        await transaction.fetch("early", "SELECT 1")
        session.deadline = Deadline.after(-1)
        with pytest.raises(DeadlineExceeded):
            await transaction.fetch("late", "SELECT 1")
    assert [(each.name, each.failure) for each in session.statements] == [
        ("early", None),
        ("late", DeadlineExceeded.code),
    ]


async def test_what_fails_in_a_transaction_is_no_statement(single: Database) -> None:
    """Only what was sent, or was to be sent, is on record."""
    session = Session(single, Deadline.after(30))
    with pytest.raises(ZeroDivisionError):
        async with session.transaction():
            raise ZeroDivisionError
    assert session.statements == []
