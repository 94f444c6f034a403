"""Fixtures on real servers; `database_url` runs a test on plain PostgreSQL and on TimescaleDB."""

import os
from collections.abc import AsyncIterator, Iterator

import hypothesis
import pytest
import structlog
from redis.asyncio import Redis

from ops.settings import Settings
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.session import Session
from tests.servers import PLACE, Template, cloned, make_template, plain_postgres, valkey
from tests.timescale import TimescaleAbsent, timescale_postgres

SESSION_SECONDS = 60.0

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile(
    "untimed", hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def _environment_without_settings() -> Iterator[None]:
    """Keep the settings of whoever runs the tests out of them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("INSITECHART_") and "_TEST_" not in name]:
            patch.delenv(name)
        yield


@pytest.fixture(autouse=True)
def _log_lines_as_before() -> Iterator[None]:
    """Undo what a command that a test runs in this process leaves out of the log, for those that read it later."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def plain_template() -> Iterator[Template]:
    """A migrated template on plain PostgreSQL."""
    with plain_postgres() as url:
        yield make_template(url, PLACE / "postgres")


@pytest.fixture(scope="session")
def timescale_template() -> Iterator[Template]:
    """A migrated template on TimescaleDB; skips with a reason where there is none, except in CI on a Debian machine."""
    try:
        with timescale_postgres() as url:
            (PLACE / "timescale").mkdir(parents=True, exist_ok=True)
            yield make_template(url, PLACE / "timescale", "timescaledb")
    except TimescaleAbsent as absent:
        pytest.skip(f"TimescaleDB: {absent}")


@pytest.fixture(params=["plain", pytest.param("timescale", marks=pytest.mark.timescale)])
def template(request: pytest.FixtureRequest) -> Template:
    """The template on each back end in turn."""
    found: Template = request.getfixturevalue(f"{request.param}_template")
    return found


@pytest.fixture
async def database_url(template: Template) -> AsyncIterator[str]:
    """A database of the test's own, on each back end in turn."""
    async with cloned(template) as url:
        yield url


@pytest.fixture
async def plain_database_url(plain_template: Template) -> AsyncIterator[str]:
    """A database of the test's own, on plain PostgreSQL."""
    async with cloned(plain_template) as url:
        yield url


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A logical Redis database that this process alone uses."""
    with valkey() as url:
        yield url


@pytest.fixture
async def redis_url(valkey_url: str) -> str:
    """An empty logical Redis database."""
    async with Redis.from_url(valkey_url) as client:
        await client.flushdb()
    return valkey_url


@pytest.fixture
def settings(database_url: str, redis_url: str) -> Settings:
    """Settings that name the test's own database and Redis."""
    return Settings.model_validate({"database_url": database_url, "redis_url": redis_url})


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """An open Database."""
    async with open_database(settings) as opened:
        yield opened


@pytest.fixture
async def session(database: Database) -> Session:
    """A session whose deadline no sound test reaches."""
    return Session(database, Deadline.after(SESSION_SECONDS))
