"""Kept responses as clients see them: headers, 304, and answers that follow every write."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from graph.app import open_routes
from graph.drain import Drain
from ops.metrics import make_metrics
from ops.settings import Settings
from storage.cache.invalidation import invalidate
from storage.cache.written import of_quotes
from storage.database import open_database
from storage.redis import open_redis
from storage.write_quotes import QuoteRecord, write_quotes
from tests.flows.market import fill
from tests.http_client import JSON, Client, Response, client_of

QUERY = '{ stock(symbol: "S001") { symbol quote { price } } }'
DETAILS = "/api/v1/stocks/S001/details"
PREFLIGHT = {"graphql-require-preflight": "1"}
PATIENCE = 30.0


@pytest.fixture
async def settings(plain_database_url: str, redis_url: str) -> Settings:
    """A market of the test's own, and ticks that outlast the test."""
    await fill(plain_database_url)
    return Settings.model_validate(
        {"database_url": plain_database_url, "redis_url": redis_url, "window_tick": 3_600, "environment": "development"}
    )


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[Client]:
    """A client of the whole API, which hears of writes already."""
    async with open_routes(settings, Drain(), make_metrics()) as app, client_of(app) as opened:
        async with asyncio.timeout(PATIENCE):
            while not await _is_kept(opened, '{ stock(symbol: "S119") { name } }'):  # noqa: ASYNC110 - as the link comes up
                await asyncio.sleep(0.05)
        yield opened


async def _is_kept(client: Client, query: str) -> bool:
    """Whether the second of two answers came from the shelf, as its log line says."""
    await client.query(query)
    with capture_logs() as logs:
        await client.query(query)
    return any(line.get("kept") for line in logs)


async def _get(client: Client, **headers: str) -> Response:
    return await client.send("GET", params={"query": QUERY}, headers=PREFLIGHT | headers)


def price(response: Response) -> Any:
    """The price in an answer."""
    return response.json()["data"]["stock"]["quote"]["price"]


async def test_an_answer_says_how_long_it_keeps(client: Client) -> None:
    """By POST and by GET; the tag is shown to GET alone, and the media types have tags of their own."""
    posted = await client.query(QUERY)
    got = await _get(client)
    assert posted.headers["cache-control"] == got.headers["cache-control"] == "public, max-age=60"
    assert posted.headers["vary"] == got.headers["vary"] == "accept"
    assert "etag" not in posted.headers
    assert got.headers["etag"] != (await _get(client, accept=JSON)).headers["etag"]
    assert posted.content == got.content


async def test_a_client_that_has_the_answer_is_told_so(client: Client) -> None:
    """304 has no body and the same validators, fresh or kept; another tag gets the whole answer."""
    tag = (await _get(client)).headers["etag"]
    for _ in range(2):
        told = await _get(client, **{"if-none-match": f'"other", {tag}'})
        assert (told.status_code, told.content, told.headers["etag"]) == (304, b"", tag)
        assert told.headers["cache-control"] == "public, max-age=60"
    assert (await _get(client, **{"if-none-match": '"other"'})).status_code == 200
    posted = await client.query(QUERY, if_none_match=tag)
    assert posted.status_code == 200


async def test_a_write_is_seen_by_the_next_request(client: Client, settings: Settings) -> None:
    """GraphQL by both methods, and plain JSON, follow a new quote; so does the entity tag."""
    before = await _get(client)
    details = await client.send("GET", DETAILS)
    await client.query(QUERY)
    quote = QuoteRecord("S001", 4_321.0, datetime(2026, 3, 6, 18, tzinfo=UTC), 1.0, 5, None, simulated=False)
    async with open_database(settings) as database, open_redis(settings) as redis:
        await write_quotes(database, [quote])
        await invalidate(redis, of_quotes(["S001"], set()))
    async with asyncio.timeout(PATIENCE):
        while price(await client.query(QUERY)) != 4_321.0:  # noqa: ASYNC110 - nobody but the API tells
            await asyncio.sleep(0.01)
    after = await _get(client, **{"if-none-match": before.headers["etag"]})
    assert (after.status_code, price(after)) == (200, 4_321.0)
    renewed = await client.send("GET", DETAILS, headers={"if-none-match": details.headers["etag"]})
    assert renewed.json()["quote"]["price"] == 4_321.0


async def test_plain_json_and_addresses_of_documents_keep_too(client: Client) -> None:
    """Each has its own bytes, so its own tag."""
    details = await client.send("GET", DETAILS)
    document = await client.send("GET", "/documents/StockDetails", params={"symbol": "S001"})
    assert details.headers["etag"] != document.headers["etag"]
    for path, params, first in ((DETAILS, {}, details), ("/documents/StockDetails", {"symbol": "S001"}, document)):
        again = await client.send("GET", path, params=params, headers={"if-none-match": first.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.parametrize(
    "query",
    [
        '{ stock(symbol: "S001") { mentions(first: 1000) { pageInfo { hasNextPage } } } }',
        '{ stock(symbol: "S001") { nonsense } }',
        "{ freshness { feed newestAt } }",
        "{ __schema { queryType { name } } }",
    ],
)
async def test_what_must_not_be_kept_says_so(client: Client, query: str) -> None:
    """Errors, refusals, and fields that nobody allowed to be kept."""
    for _ in range(2):
        answer = await client.query(query)
        assert answer.headers["cache-control"] == "no-store"
    assert not await _is_kept(client, query)


async def test_extensions_show_real_work(client: Client) -> None:
    """A request for the plan passes by what is kept, and leaves nothing."""
    await client.query(QUERY)
    shown = await client.query(QUERY, x_insitechart_extensions="plan")
    assert shown.json()["extensions"]["plan"]["batches"]
    assert shown.headers["cache-control"] == "no-store"


async def test_without_redis_answers_say_the_same_and_are_made_anew(plain_database_url: str) -> None:
    """Nothing tells of writes, so nothing is kept here; others may still keep it."""
    await fill(plain_database_url)
    settings = Settings.model_validate({"database_url": plain_database_url, "redis_url": None})
    async with open_routes(settings, Drain(), make_metrics()) as app, client_of(app) as client:
        assert (await client.query(QUERY)).headers["cache-control"] == "public, max-age=60"
        assert not await _is_kept(client, QUERY)
