"""The composed application on real servers: it starts, says what is missing, loses its stores and recovers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from graph.app import create_app
from ops.settings import Settings
from tests.asgi_exchange import exchange, until
from tests.http_client import Client, client_of, codes
from tests.unix_relay import relayed

STOCK = '{ __typename stock(symbol: "AAPL") { symbol } }'


@asynccontextmanager
async def started(**settings: Any) -> AsyncIterator[Client]:
    """Run the application's lifespan as a server does, and yield a client of it."""
    app = create_app(Settings.model_validate(settings))
    async with exchange(app, {"type": "lifespan"}) as life:
        life.send({"type": "lifespan.startup"})
        assert (await life.next())["type"] == "lifespan.startup.complete"
        async with client_of(app) as client:
            yield client
        life.send({"type": "lifespan.shutdown"})
        assert (await life.next())["type"] == "lifespan.shutdown.complete"
        await life.ended()


async def test_it_serves_the_schema_and_is_ready(plain_database_url: str, redis_url: str) -> None:
    """Both stores up: ready, each with its latency; a query reaches PostgreSQL and counts its statement."""
    with capture_logs() as logs:
        async with started(database_url=plain_database_url, redis_url=redis_url) as client:
            ready = await client.send("GET", "/readyz")
            answer = await client.query(STOCK)
            alive = await client.send("GET", "/livez")
    assert ready.status_code == 200
    assert ready.json()["status"] == "ready"
    assert {name: one["status"] for name, one in ready.json()["dependencies"].items()} == {
        "postgresql": "up",
        "schema": "up",
        "redis": "up",
    }
    assert answer.json() == {"data": {"__typename": "Query", "stock": None}}
    assert alive.json() == {"status": "alive"}
    operation = next(line for line in logs if line["event"] == "operation")
    assert (operation["statements"], operation["batches"]) == (1, 1)
    assert [line["event"] for line in logs if line["event"] in ("opened", "closing", "closed")] == [
        "opened",
        "closing",
        "closed",
    ]


@pytest.mark.parametrize("redis", [None, "redis://127.0.0.1:1/0"])
async def test_it_serves_without_redis_and_says_so(plain_database_url: str, redis: str | None) -> None:
    """Degraded, but 200: queries are answered as before."""
    async with started(database_url=plain_database_url, redis_url=redis) as client:
        ready = await client.send("GET", "/readyz")
        answer = await client.query(STOCK)
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert ready.json()["dependencies"]["redis"]["status"] == "down"
    assert ready.json()["dependencies"]["redis"]["without"]
    assert "errors" not in answer.json()


async def test_a_database_without_its_schema_is_not_ready(plain_database_url: str) -> None:
    """It says which migrations are missing and what to do."""
    connection = await asyncpg.connect(plain_database_url)
    await connection.execute("DELETE FROM schema_migrations")
    await connection.close()
    async with started(database_url=plain_database_url) as client:
        ready = await client.send("GET", "/readyz")
    schema = ready.json()["dependencies"]["schema"]
    assert ready.status_code == 503
    assert "0001_tables.sql" in schema["reason"]
    assert "insitechart migrate" in schema["without"]


async def test_it_refuses_to_start_without_a_database(tmp_path: Path) -> None:
    """The message names the server and the reason, and no password; nothing is left open."""
    url = f"postgresql://user:hidden@/stocks?host={tmp_path}"
    app = create_app(Settings.model_validate({"database_url": url}))
    async with exchange(app, {"type": "lifespan"}) as life:
        life.send({"type": "lifespan.startup"})
        failed = await life.next()
        await life.ended()
    assert failed["type"] == "lifespan.startup.failed"
    assert failed["message"].startswith("PostgreSQL at ")
    assert "hidden" not in failed["message"]
    assert app.failure == failed["message"]


async def test_before_and_after_its_life_it_is_unavailable(plain_database_url: str) -> None:
    """A server that ignores lifespans gets a coded 503, not a stack."""
    async with client_of(create_app(Settings.model_validate({"database_url": plain_database_url}))) as client:
        response = await client.query(STOCK)
    assert (response.status_code, codes(response)) == (503, ["UNAVAILABLE"])


async def test_it_loses_postgresql_and_recovers(plain_database_url: str, tmp_path: Path) -> None:
    """Away: 503 with Retry-After where nothing could be executed, partial data elsewhere. Back: as before."""
    async with relayed(plain_database_url, tmp_path) as (url, relay), started(database_url=url) as client:
        assert (await client.query(STOCK)).status_code == 200
        await relay.cut()
        partial = await client.query(STOCK)
        nothing = await client.query('{ stock(symbol: "AAPL") { symbol } }')
        lost = await client.send("GET", "/readyz")
        await relay.mend()
        await _answered(client)
        ready = await client.send("GET", "/readyz")
    assert (partial.status_code, codes(partial)) == (200, ["UNAVAILABLE"])
    assert partial.json()["data"] == {"__typename": "Query", "stock": None}
    assert (nothing.status_code, nothing.json()["data"]) == (503, None)
    assert nothing.headers["retry-after"]
    assert (lost.status_code, lost.json()["dependencies"]["postgresql"]["status"]) == (503, "down")
    assert ready.json()["dependencies"]["postgresql"]["status"] == "up"


async def test_a_network_that_swallows_everything_is_not_waited_for(plain_database_url: str, tmp_path: Path) -> None:
    """No reset, no refusal, only silence: each request ends by its deadline, the probe by its own."""
    deadlines = {"operation": 1.5, "acquire": 1.0, "connect": 1.0, "readiness": 1.0}
    async with (
        relayed(plain_database_url, tmp_path) as (url, relay),
        started(database_url=url, deadlines=deadlines, database_pool=2) as client,
    ):
        assert (await client.query(STOCK)).status_code == 200
        relay.freeze()
        answers = [await client.query(STOCK) for _ in range(4)]
        lost = await client.send("GET", "/readyz")
        await relay.cut()
    assert {code for answer in answers for code in codes(answer)} <= {"DEADLINE_EXCEEDED", "UNAVAILABLE"}
    assert all(answer.json()["data"] == {"__typename": "Query", "stock": None} for answer in answers)
    assert lost.status_code == 503


async def _answered(client: Client) -> None:
    """Ask until the breaker lets a request through again, as clients do."""
    answers: list[int] = []

    async def ask() -> None:
        while not answers or answers[-1] != 200:
            answers.append((await client.query('{ stock(symbol: "AAPL") { symbol } }')).status_code)
            await asyncio.sleep(0.05)

    asking = asyncio.create_task(ask())
    await until(asking.done)
    await asking


@pytest.mark.parametrize("key", ["insitechart", "", "fifteen letters"])
def test_production_refuses_a_seal_that_others_could_make(key: str) -> None:
    """Nothing starts under the public default or a short key; the message names the variable, not the value."""
    with pytest.raises(ValueError, match="INSITECHART_SEAL_KEY: in production set a secret of at least 16 ") as refused:
        create_app(Settings.model_validate({"environment": "production", "seal_key": key}))
    assert not key or key not in str(refused.value)


def test_production_takes_a_seal_of_its_own() -> None:
    """And development any."""
    create_app(Settings.model_validate({"environment": "production", "seal_key": "sixteen letters."}))
    create_app(Settings())
