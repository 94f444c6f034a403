"""Real servers for the whole pytest run: started by the project's own launcher, shared by every worker and every run.

A database migrated once is the template; each test gets a clone of it. Nothing is synced to disk, so data that an
earlier boot of the machine left behind is thrown away.
"""

import asyncio
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from ops.embedded import used
from ops.embedded.identity import SYSTEM_PLACE, place_for
from ops.embedded.locks import FileLock
from ops.embedded.postgres import PostgresServer
from ops.embedded.processes import alive
from ops.embedded.programs import postgres_bin, valkey_server
from ops.embedded.server import Server, make_folder
from ops.embedded.valkey import ValkeyServer

ROOT = Path(__file__).resolve().parents[1]
PLACE = place_for(ROOT / ".insitechart" / "tests")
UNSAFE_AND_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",  # an ANALYZE at a random moment would change the plans that tests read
    "log_min_duration_statement": "-1",
    "log_checkpoints": "off",
}
_REDIS_DATABASES = 64
_LOCK_SECONDS = 110.0
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Template:
    """A migrated database on a server; `name` is cloned, never connected to."""

    server_url: str
    name: str


@contextmanager
def plain_postgres() -> Iterator[str]:
    """Run the embedded PostgreSQL without durability; yield the URL of its first database."""
    server = PostgresServer(PLACE / "postgres", postgres_bin(), UNSAFE_AND_FAST)
    with running(server):
        yield server.url()


@contextmanager
def valkey() -> Iterator[str]:
    """Run the embedded Valkey; yield the URL of a logical database that no other process uses meanwhile."""
    server = ValkeyServer(PLACE / "valkey", valkey_server())
    with running(server):
        for number in range(1, _REDIS_DATABASES):
            lock = FileLock(PLACE / "valkey" / f"database-{number}.lock")
            try:
                if lock.attempt(exclusive=True):
                    yield f"{server.url()}?db={number}"
                    return
            finally:
                lock.close()
        raise RuntimeError(f"all {_REDIS_DATABASES} logical databases are in use")


@contextmanager
def running(server: Server) -> Iterator[None]:
    """Keep a server running, on data of this boot only."""
    make_folder(server.folder)
    _sweep_places_of_deleted_clones()
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    with _locked(server.folder / "boot.lock"):
        stamp = server.folder / "boot"
        if not stamp.exists() or stamp.read_text() != boot:
            shutil.rmtree(server.folder / "data", ignore_errors=True)
            stamp.write_text(boot)
    with used([server]):
        yield


def make_template(server_url: str, folder: Path, *extensions: str) -> Template:
    """Return the migrated template on a server, made if no other process has made it yet."""
    name = f"template_{_migrations_digest()}"
    with _locked(folder / "template.lock"):
        asyncio.run(_make_template(server_url, name, extensions))
    return Template(server_url, name)


@asynccontextmanager
async def cloned(template: Template) -> AsyncIterator[str]:
    """Yield the URL of a fresh clone, dropped afterwards even if somebody is still connected to it."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    async with _connected(template.server_url) as connection:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template.name}" STRATEGY file_copy')
        try:
            yield with_database(template.server_url, name)
        finally:
            await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def with_database(url: str, name: str) -> str:
    """Return the URL of another database on the same server."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{name}?{parts.query}"


async def _make_template(server_url: str, name: str, extensions: tuple[str, ...]) -> None:
    from storage.migrate import migrate  # noqa: PLC0415  tests of the launcher need no storage

    async with _connected(server_url) as connection:
        databases = [row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")]
        for leftover in databases:
            if leftover.startswith("test_") and not alive(int(leftover.split("_")[1])):
                await connection.execute(f'DROP DATABASE IF EXISTS "{leftover}" WITH (FORCE)')
        if name in databases:
            return
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}_new" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{name}_new"')
        url = with_database(server_url, f"{name}_new")
        async with _connected(url) as fresh:
            for extension in extensions:
                await fresh.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        await migrate(url)
        # Background workers (TimescaleDB's scheduler) connect on their own, and a template in use cannot be cloned.
        await connection.execute(f'ALTER DATABASE "{name}_new" ALLOW_CONNECTIONS false')
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", f"{name}_new"
        )
        await connection.execute(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url, timeout=30)
    try:
        yield connection
    finally:
        await connection.close(timeout=10)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = FileLock(path)
    try:
        lock.acquire(exclusive=True, seconds=_LOCK_SECONDS, waiting_for="another test process that prepares the server")
        yield
    finally:
        lock.close()


def _sweep_places_of_deleted_clones() -> None:
    """Remove the test data that clones below private folders, as CI's, left in the system's place."""
    (PLACE / "tests-of").write_text(str(ROOT))
    if PLACE.is_relative_to(SYSTEM_PLACE):
        for stamp in PLACE.parent.glob("*/tests-of"):
            if not Path(stamp.read_text()).exists():
                shutil.rmtree(stamp.parent, ignore_errors=True)


def _migrations_digest() -> str:
    digest = sha256()
    storage = ROOT / "storage"
    for file in [storage / "migrate.py", *sorted((storage / "migrations").glob("*.sql"))]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]
