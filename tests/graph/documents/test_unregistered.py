"""What ran without being registered is counted on every way of admission, within bounds, and told to the database."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph.documents import unregistered as counting
from graph.documents.unregistered import Unregistered
from ops.cli import exits
from ops.errors import Unavailable
from storage import unregistered_documents
from storage.deadline import Deadline
from storage.session import Session
from storage.unregistered_documents import Asked
from tests.graph.rest.serving import Served, served
from tests.ops.cli.test_documents import asked, sha256
from tests.unix_relay import relayed

FRESH = "query Fresh { freshness { feed } }"
BARE = "{ freshness { feed } }"


async def told(api: Served) -> dict[str, tuple[str | None, int, int]]:
    """Record, and return name, bytes and count by digest."""
    await api.follower.record()
    session = Session(api.database, Deadline.after(10))
    rows = await unregistered_documents.listing(session, datetime(2000, 1, 1, tzinfo=UTC))
    return {row.digest: (row.operation, row.size, row.asked) for row in rows}


async def test_each_admission_counts(plain_database_url: str, tmp_path: Path) -> None:
    """The first time, from what was checked before, and from the very bytes; refused ones and what ships do not."""
    async with served(plain_database_url) as api:
        for _ in range(3):
            await api.client.query(FRESH)
            await api.client.post([{"query": FRESH}, {"query": BARE}])
        await api.client.send("GET", "/graphql", params={"query": FRESH}, headers={"graphql-require-preflight": "1"})
        await api.client.query("{ nope }")
        await api.client.send("GET", "/api/v1/stocks/AAPL/details")
        assert await told(api) == {sha256(FRESH): ("Fresh", 34, 7), sha256(BARE): (None, 22, 3)}
        await api.client.query(FRESH)
        assert (await told(api))[sha256(FRESH)] == ("Fresh", 34, 8)
        file = tmp_path / "Fresh.graphql"
        file.write_text(FRESH)
        added = await asyncio.to_thread(asked, plain_database_url, "add", file)
        assert added.exit_code == exits.DONE, added.output
        await api.follower.load()
        await api.client.query(FRESH)
        assert set(await told(api)) == {sha256(BARE)}
        assert api.registered.unregistered.take() == []


async def test_trusted_mode_tells_nothing(plain_database_url: str) -> None:
    """There the log says what is refused."""
    async with served(plain_database_url, documents="trusted") as api:
        await api.client.query(FRESH)
        assert await told(api) == {}


async def test_what_could_not_be_told_is_told_later(plain_database_url: str, tmp_path: Path) -> None:
    """A database that is away costs no count."""
    async with relayed(plain_database_url, tmp_path) as (url, relay), served(url) as api:
        api.registered.unregistered.note(sha256(FRESH), "Fresh", 34)
        await relay.cut()
        with pytest.raises(Unavailable):
            await api.follower.record(1.0)
        api.registered.unregistered.note(sha256(FRESH), "Fresh", 34)
        await relay.mend()
        assert (await told(api))[sha256(FRESH)] == ("Fresh", 34, 2)


def test_a_flood_is_only_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound there is one number; what is known counts on."""
    monkeypatch.setattr(counting, "MOST", 2)
    met = Unregistered()
    for name in ("a", "b", "c", "d", "a"):
        met.note(name, None, 1)
    assert met.take() == [Asked("a", None, 1, 2), Asked("b", None, 1, 1)]
    assert (met.beyond, met.take()) == (2, [])


def test_an_outage_does_not_grow_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be told, and what came meanwhile, stay within the bound together; the rest is counted."""
    monkeypatch.setattr(counting, "MOST", 2)
    met = Unregistered()
    met.note("a", None, 1)
    met.note("b", None, 1)
    for name in ("c", "d"):
        taken = met.take()
        met.note("a", None, 1)
        met.note(name, None, 1)
        met.give_back(taken)
    assert met.take() == [Asked("a", None, 1, 3), Asked("d", None, 1, 1)]
    assert met.beyond == 2
