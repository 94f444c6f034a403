"""Two stacks, as of two processes, over one database and one Valkey of the test's own."""

from collections.abc import AsyncIterator, Iterator

import pytest

from ops.settings import Settings
from storage.database import open_database
from storage.write_stocks import write_stocks
from tests.own_valkey import OwnValkey, own_valkey
from tests.storage.cache.stack import APPLE, Stack, open_stack

UNMET = 10.0
"""Seconds that Redis may take: a machine that is busy for a moment must not look like a Redis that is away."""


@pytest.fixture
def own_redis() -> Iterator[OwnValkey]:
    """A server that this test alone uses."""
    with own_valkey() as server:
        yield server


@pytest.fixture
async def own_settings(plain_database_url: str, own_redis: OwnValkey) -> Settings:
    """Settings of both stacks; the market lists one stock."""
    settings = Settings.model_validate(
        {"database_url": plain_database_url, "redis_url": own_redis.url, "cache": {"deadline": UNMET}}
    )
    async with open_database(settings) as database:
        await write_stocks(database, [APPLE])
    return settings


@pytest.fixture
async def one(own_settings: Settings) -> AsyncIterator[Stack]:
    """One process."""
    async with open_stack(own_settings) as stack:
        yield stack


@pytest.fixture
async def other(own_settings: Settings) -> AsyncIterator[Stack]:
    """Another process."""
    async with open_stack(own_settings) as stack:
        yield stack
