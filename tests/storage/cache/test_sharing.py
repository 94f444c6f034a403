"""What processes share, and what they must not: flights, databases, releases, and rows beyond their time."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from loaders.shapes import WholeLoader
from loaders.stock_by_symbol import StockBySymbol
from ops.errors import Unavailable
from ops.settings import Settings
from storage.cache import rows
from storage.cache.link import open_invalidations
from storage.cache.opening import open_row_cache
from storage.cache.policy import RowPolicy, Seconds, always
from storage.cache.remote import Remote
from storage.cache.tags import STALE, STOCKS
from storage.rows import StockRow
from storage.session import Session
from tests.own_valkey import until
from tests.servers import Template, cloned
from tests.storage.cache.stack import APPLE, Stack, open_stack


class Slow(WholeLoader[str, int]):
    """A question whose answer waits for a gate; `reads` counts how often the database was asked."""

    cached = RowPolicy(Seconds.MINUTE, always(STOCKS), int, flight=True)
    reads = 0
    gate = asyncio.Event()

    async def fetch_one(self, key: str) -> int:
        """Count the reading."""
        Slow.reads += 1
        await Slow.gate.wait()
        return len(key)


@pytest.fixture(autouse=True)
def _open_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = asyncio.Event()
    gate.set()
    monkeypatch.setattr(Slow, "gate", gate)
    monkeypatch.setattr(Slow, "reads", 0)


async def test_of_processes_that_miss_at_once_one_reads(
    own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others find its answer in Redis a moment later; here it is read when all have found that they miss."""
    monkeypatch.setattr(rows, "_LOOKS", (0.01,) * 1_000)
    missed = 0
    take = Remote.take_flights

    async def counted(remote: Remote, keys: list[str]) -> set[str] | None:
        nonlocal missed
        taken = await take(remote, keys)
        missed += 1
        if missed == 4:
            Slow.gate.set()
        return taken

    cache = own_settings.cache.model_copy(update={"flight_wait": 10.0})
    patient = own_settings.model_copy(update={"cache": cache})
    async with open_stack(patient) as one, open_stack(patient) as other:
        await one.ask(Slow, "first")  # gives its tags their versions
        await one.heard_all()
        await other.heard_all()
        Slow.reads = 0
        Slow.gate.clear()
        monkeypatch.setattr(Remote, "take_flights", counted)
        answers = await asyncio.gather(*(stack.ask(Slow, "second", afresh=True) for stack in (one, other, one, other)))
        counts = one.rows.counts.joined, other.rows.counts.joined
    assert [answer.value for answer in answers] == [6] * 4
    assert Slow.reads == 1
    assert sum(counts) == 3


async def test_nobody_waits_long_for_a_reader_that_died(one: Stack, other: Stack) -> None:
    """Whoever waited in vain reads for itself."""
    await one.ask(Slow, "first")
    await one.heard_all()
    Slow.gate.clear()
    asking = asyncio.create_task(one.ask(Slow, "second", afresh=True))
    await until(lambda: Slow.reads == 2)
    asking.cancel()
    await asyncio.wait({asking})
    Slow.gate.set()
    assert (await other.ask(Slow, "second", afresh=True)).value == 6


@pytest.fixture
async def elsewhere(plain_template: Template, own_settings: Settings) -> AsyncIterator[Stack]:
    """A process over another database behind the same Redis."""
    async with cloned(plain_template) as url:
        secret = Settings.model_validate({"database_url": url}).database_url
        async with open_stack(own_settings.model_copy(update={"database_url": secret})) as stack:
            yield stack


async def test_two_databases_behind_one_redis_share_no_row(one: Stack, elsewhere: Stack) -> None:
    """Each has its own stock of that symbol."""
    await elsewhere.worth(77)
    await one.warm()
    await elsewhere.warm()
    assert (await one.ask(StockBySymbol, "AAPL", afresh=True)).value.market_cap == 1
    assert (await elsewhere.ask(StockBySymbol, "AAPL", afresh=True)).value.market_cap == 77


class Renamed(StockRow, frozen=True):
    """A row as another release has it: a column more."""

    rating: int = 0


async def test_a_release_with_other_rows_reads_none_of_these(one: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their keys differ by the shape of the type, in both directions of a rolling release."""
    await one.warm()
    policy = RowPolicy(Seconds.FIVE_MINUTES, StockBySymbol.cached.tags, Renamed | None)
    policy.__set_name__(StockBySymbol, "cached")
    monkeypatch.setattr(StockBySymbol, "cached", policy)
    found = await one.ask(StockBySymbol, "AAPL", afresh=True)
    assert found.statements == ["stocks_by_symbols"]
    assert found.value == APPLE


@pytest.fixture
async def lenient(own_settings: Settings) -> AsyncIterator[Stack]:
    """A process that may serve rows beyond their time while the database is away."""
    cache = own_settings.cache.model_copy(update={"stale": 600.0})
    async with open_stack(own_settings.model_copy(update={"cache": cache})) as stack:
        yield stack


async def _away(_session: Session, *_given: object) -> object:
    raise Unavailable("The database is unreachable.")


async def test_stale_rows_need_leave_and_are_marked(
    one: Stack, lenient: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default an operation fails as without a cache; with leave it is answered, and no cache may keep the answer."""
    await lenient.warm()
    await one.worth(5)
    await lenient.heard_all()
    monkeypatch.setattr(Session, "fetch", _away)
    with pytest.raises(Unavailable):
        await one.ask(StockBySymbol, "AAPL")
    with pytest.raises(Unavailable):
        await lenient.ask(StockBySymbol, "MSFT")
    found = await lenient.ask(StockBySymbol, "AAPL")
    assert found.value.market_cap == 1
    assert STALE in found.tags
    assert lenient.invalidations.changed(lenient.invalidations.mark(), found.tags)
    monkeypatch.undo()
    assert (await lenient.ask(StockBySymbol, "AAPL")).value.market_cap == 5


async def test_without_redis_there_is_no_cache(own_settings: Settings, one: Stack) -> None:
    """No link, no trust, no memory."""
    alone = own_settings.model_copy(update={"redis_url": None})
    async with open_invalidations(alone) as invalidations, open_row_cache(alone, one.database, invalidations) as rows:
        assert rows is None
