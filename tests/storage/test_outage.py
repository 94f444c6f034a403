"""A database that is away, killed, frozen and back: coded errors meanwhile, recovery without a restart of ours."""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from ops.embedded.identity import place_for
from ops.embedded.postgres import PostgresServer
from ops.embedded.programs import postgres_bin
from ops.embedded.server import child_setup, make_folder, own_identity
from ops.errors import DeadlineExceeded, Unavailable
from ops.settings import Settings
from storage import leases
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.session import Session
from tests.servers import UNSAFE_AND_FAST

START_SECONDS = 30.0
_CLIENTS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"


class Postmaster:
    """A PostgreSQL server of this file alone, to be killed at will."""

    def __init__(self, folder: Path) -> None:
        self.server = PostgresServer(folder, postgres_bin(), UNSAFE_AND_FAST)
        make_folder(folder)
        (folder / "password").write_text(secrets.token_hex(32))
        self._process: subprocess.Popen[bytes] | None = None
        self._frozen: list[int] = []

    def start(self) -> None:
        """Start it, as often as it takes until the killed one's back ends have let go of its memory."""
        ends = time.monotonic() + START_SECONDS
        while not self.server.ready():
            if self._process is None or self._process.poll() is not None:
                identity = own_identity(self.server)
                self.server.prepare(identity)
                self._process = subprocess.Popen(
                    self.server.command(),
                    preexec_fn=child_setup(identity),  # noqa: PLW1509 - as the launcher starts it
                    stderr=subprocess.DEVNULL,
                )
            assert time.monotonic() < ends, "PostgreSQL did not start"
            time.sleep(0.05)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the postmaster alone."""
        assert self._process is not None
        os.kill(self._process.pid, number)

    def freeze(self, *pids: int) -> None:
        """Stop back ends of it; a stopped one would outlive its postmaster."""
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
            self._frozen.append(pid)

    def thaw(self) -> None:
        """Let those go on that are still there."""
        while self._frozen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._frozen.pop(), signal.SIGCONT)

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self.send(signal.SIGKILL)
        assert self._process is not None
        self._process.wait(START_SECONDS)


@pytest.fixture
def postmaster(tmp_path: Path) -> Iterator[Postmaster]:
    """A server that is made but not started."""
    place = place_for(tmp_path)
    server = Postmaster(place / "postgres")
    server.server.prepare(own_identity(server.server))
    yield server
    if server.server.pid() is not None:
        server.kill()
    server.thaw()
    shutil.rmtree(place, ignore_errors=True)


def configured(postmaster: Postmaster) -> Settings:
    """Short waits, so that an outage shows at once."""
    deadlines = {"acquire": 0.5, "connect": 0.5}
    return Settings.model_validate({"database_url": postmaster.server.url(), "deadlines": deadlines})


async def one(database: Database) -> int:
    """Ask for something."""
    rows = await Session(database, Deadline.after(20)).fetch("one", "SELECT 1 AS one")
    return int(rows[0]["one"])


async def recovered(database: Database) -> bool:
    """Ask until there is an answer; every answer before it is the coded error."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                return await one(database) == 1
            except Unavailable:
                await asyncio.sleep(0.05)


async def test_a_process_may_start_before_its_database(postmaster: Postmaster) -> None:
    """Opening succeeds without a server; a ping says why there is none; once it runs, everything works."""
    async with open_database(configured(postmaster)) as database:
        with pytest.raises(Unavailable) as raised:
            await database.ping(Deadline.after(2))
        assert isinstance(raised.value.__cause__, OSError)
        await asyncio.to_thread(postmaster.start)
        assert await recovered(database)


async def test_a_killed_database_comes_back(postmaster: Postmaster) -> None:
    """Requests in flight and new ones fail with the code; the breaker opens, and closes when the server is back."""
    await asyncio.to_thread(postmaster.start)
    async with open_database(configured(postmaster)) as database:
        assert await recovered(database)
        flying = asyncio.create_task(Session(database, Deadline.after(60)).fetch("sleep", "SELECT pg_sleep(60)"))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(postmaster.kill)
        with pytest.raises(Unavailable):
            await flying
        for _ in range(6):
            with pytest.raises(Unavailable):
                await one(database)
        assert database.breaker.open
        await asyncio.to_thread(postmaster.start)
        assert await recovered(database)
        assert not database.breaker.open


async def test_a_crash_of_the_server_is_survived(postmaster: Postmaster) -> None:
    """One killed back end makes PostgreSQL restart them all: coded errors during recovery, then answers."""
    await asyncio.to_thread(postmaster.start)
    async with open_database(configured(postmaster)) as database:
        assert await recovered(database)
        async with database.lease(Deadline.after(20)) as connection:
            victim = connection.get_server_pid()
        os.kill(victim, signal.SIGKILL)
        assert await recovered(database)


async def test_a_frozen_database_does_not_hang_us(postmaster: Postmaster) -> None:
    """A postmaster that accepts and never answers: every request ends in a coded error; it thaws, and they work."""
    await asyncio.to_thread(postmaster.start)
    settings = configured(postmaster)
    postmaster.send(signal.SIGSTOP)
    async with open_database(settings) as database:
        for _ in range(4):
            with pytest.raises((Unavailable, DeadlineExceeded)):
                await one(database)
        assert database.breaker.open
        postmaster.send(signal.SIGCONT)
        assert await recovered(database)


async def test_a_database_that_freezes_in_a_transaction_does_not_hang_us(postmaster: Postmaster) -> None:
    """A back end that stops answering: neither the statement, the rollback nor the next BEGIN waits without end."""
    await asyncio.to_thread(postmaster.start)

    async def freeze_within(database: Database) -> None:
        async with Session(database, Deadline.after(1)).transaction() as transaction:
            postmaster.freeze(*[row["pid"] for row in await transaction.fetch("pids", _CLIENTS)])
            await transaction.fetch("one", "SELECT 1")

    async with open_database(configured(postmaster)) as database, asyncio.timeout(START_SECONDS):
        assert await recovered(database)
        with pytest.raises(DeadlineExceeded):
            await freeze_within(database)
        postmaster.thaw()
        assert await recovered(database)


async def statement(database: Database) -> None:
    """Run a statement on its own."""
    await Session(database, Deadline.after(1)).fetch("one", "SELECT 1")


async def in_a_transaction(database: Database) -> None:
    """Run one in a transaction, which would be rolled back."""
    await Session(database, Deadline.after(1)).fetch_for_values("one", "SELECT 1")


async def cancelled(database: Database) -> None:
    """Run one whose client leaves."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await Session(database, Deadline.after(60)).fetch("one", "SELECT 1")
    raise DeadlineExceeded("the client's own")


@pytest.mark.parametrize("asking", [statement, in_a_transaction, cancelled])
async def test_nobody_waits_for_what_a_frozen_database_has_to_undo(
    postmaster: Postmaster, monkeypatch: pytest.MonkeyPatch, asking: Callable[[Database], Awaitable[None]]
) -> None:
    """The error is there while the statement's cancel is still unanswered; the connection is good when it thaws."""
    monkeypatch.setattr(leases, "RELEASE_SECONDS", START_SECONDS)
    await asyncio.to_thread(postmaster.start)
    async with open_database(configured(postmaster)) as database, asyncio.timeout(START_SECONDS):
        assert await recovered(database)
        pids = [row["pid"] for row in await Session(database, Deadline.after(5)).fetch("pids", _CLIENTS)]
        postmaster.send(signal.SIGSTOP)  # it takes the cancel
        postmaster.freeze(*pids)
        size = database.size
        with pytest.raises(DeadlineExceeded):
            await asking(database)
        settling = asyncio.create_task(database.settle())
        assert not (await asyncio.wait({settling}, timeout=0.2))[0], "the server has nothing undone yet"
        assert database.size == size
        postmaster.thaw()
        postmaster.send(signal.SIGCONT)
        await settling
        assert await recovered(database)


async def test_what_is_never_undone_is_given_up(postmaster: Postmaster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection whose cancel stays unanswered is ended in time, and closing waits for nothing either."""
    monkeypatch.setattr(leases, "RELEASE_SECONDS", 0.2)
    await asyncio.to_thread(postmaster.start)
    async with asyncio.timeout(START_SECONDS):
        async with open_database(configured(postmaster)) as database:
            assert await recovered(database)
            pids = [row["pid"] for row in await Session(database, Deadline.after(5)).fetch("pids", _CLIENTS)]
            size = database.size
            postmaster.freeze(*pids)
            postmaster.send(signal.SIGSTOP)
            with pytest.raises(DeadlineExceeded):
                await statement(database)
            await database.settle()
            assert database.size == size - 1
            monkeypatch.setattr(leases, "RELEASE_SECONDS", 10 * START_SECONDS)
            with pytest.raises(DeadlineExceeded):
                await statement(database)
        postmaster.send(signal.SIGCONT)
