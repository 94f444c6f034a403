"""A Redis that answers late is left alone before it costs requests anything, and asked again when it is quick."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from loaders.stock_by_symbol import StockBySymbol
from ops.settings import Settings
from storage.cache.invalidation import Invalidations
from storage.cache.remote import Remote
from tests.own_valkey import OwnValkey, until
from tests.slow_relay import SlowRelay, slowed
from tests.storage.cache.stack import Stack, open_stack

LATE = 0.2
"""Seconds, far beyond what the database takes, and far within the lease."""


@pytest.fixture
async def relay(own_redis: OwnValkey, tmp_path: Path) -> AsyncIterator[SlowRelay]:
    """The way to the test's Redis."""
    async with slowed(Path(own_redis.url.removeprefix("unix://")), tmp_path / "late", 0.0) as passing:
        yield passing


@pytest.fixture
async def far(own_settings: Settings, relay: SlowRelay, tmp_path: Path) -> AsyncIterator[Stack]:
    """A process whose Redis is at the end of that way; what its database takes is known to be long."""
    url = Settings.model_validate({"redis_url": f"unix://{tmp_path / 'late'}"}).redis_url
    async with open_stack(own_settings.model_copy(update={"redis_url": url})) as stack:
        stack.rows.remote.patient = False
        stack.rows.remote.learn_pace(StockBySymbol.__name__, LATE)
        yield stack


def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by what each look-up in Redis asks for."""
    looked: list[int] = []
    read = Remote.read

    async def counted(remote: Remote, tags: list[str], keys: list[str]) -> object:
        looked.append(len(keys))
        return await read(remote, tags, keys)

    monkeypatch.setattr(Remote, "read", counted)
    return looked


async def test_a_redis_slower_than_the_database_is_left_alone(
    far: Stack, other: Stack, relay: SlowRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pings alone tell that it became slow, and that it is quick again; invalidations arrive late, and count."""
    far.rows.remote.patient = True
    await far.warm()
    far.rows.remote.patient = False
    far.rows.remote._paces[StockBySymbol.__name__] = LATE  # the statements so far may have been quick
    looked = asked(monkeypatch)
    relay.delay = LATE
    await until(lambda: not far.rows.remote.worth_asking(StockBySymbol.__name__))
    assert not far.rows.remote.failures, "no request had to find out"
    await other.worth(2)
    await far.heard_all()
    for _ in range(5):
        found = await far.ask(StockBySymbol, "AAPL", afresh=True)
        assert (found.value.market_cap, found.statements) == (2, ["stocks_by_symbols"])
    assert far.invalidations.trusted
    assert far.rows.remote.failures == 0
    assert looked == [], "nobody asked it"
    relay.delay = 0.0
    far.rows.remote._paces[StockBySymbol.__name__] = LATE  # the statements above may have been quick
    await until(lambda: far.rows.remote.worth_asking(StockBySymbol.__name__))
    await far.ask(StockBySymbol, "AAPL", afresh=True)
    assert looked == [1]


async def test_what_the_database_takes_is_learned_for_each_loader(far: Stack, relay: SlowRelay) -> None:
    """A Redis that takes longer than a quick statement still saves a slow one."""
    relay.delay = 0.04
    far.rows.remote.learn_pace("Slow", 10.0)
    await until(lambda: not far.rows.remote.worth_asking("Quick"))
    assert far.rows.remote.worth_asking("Slow")


def test_a_round_trip_is_the_shorter_of_two_or_what_one_has_taken() -> None:
    """One late answer tells nothing of the server; one that is still missing does."""
    now = 100.0
    invalidations = Invalidations(1.0, lambda: now)
    invalidations.prove(99.5)
    invalidations.prove(99.9)
    assert invalidations.round_trip == pytest.approx(0.1)
    invalidations.waiting_since = 98.0
    assert invalidations.round_trip == pytest.approx(2.0)
    invalidations.distrust()
    assert invalidations.round_trip == pytest.approx(0.1)
