"""What a plain REST user relies on: JSON whatever goes wrong, and no parameter that is taken and ignored."""

from pathlib import Path
from typing import Any

import pytest

from tests.graph.rest.serving import served
from tests.http_client import codes
from tests.unix_relay import relayed

BATCH = "/api/v1/stocks/batch"
DETAILS = "/api/v1/stocks/S003/details"
PLAIN = "application/json; charset=utf-8"
ACCEPTS = [None, "*/*", "text/html,*/*;q=0.8", "application/graphql-response+json", "application/json"]


def sent(accept: str | None, **headers: str) -> dict[str, str]:
    """Return a request's headers; None is a client that says nothing."""
    return headers | ({"accept": accept} if accept is not None else {"accept": ""})


@pytest.mark.parametrize("accept", ACCEPTS)
@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", DETAILS + "?x=1", {}, 400, "BAD_REQUEST"),
        ("GET", "/api/v1/stocks/NOPE/details", {}, 404, "UNKNOWN_SYMBOL"),
        ("POST", DETAILS, {}, 405, "METHOD_NOT_ALLOWED"),
        ("GET", BATCH, {}, 405, "METHOD_NOT_ALLOWED"),
        ("POST", BATCH, {"json": {"symbols": []}}, 400, "BAD_REQUEST"),
        ("POST", BATCH, {"content": b"{"}, 400, "BAD_REQUEST"),
        ("POST", BATCH, {"content": b" " * 2_000_000}, 413, "PAYLOAD_TOO_LARGE"),
        ("GET", "/api/v1/stock", {}, 404, "NOT_FOUND"),
        ("POST", BATCH, {"data": {"symbols": "AAPL"}}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    ],
)
async def test_errors_are_plain_json(
    plain_market_url: str, accept: str | None, method: str, path: str, options: dict[str, Any], status: int, code: str
) -> None:
    """As the answers are, and as each other: nobody who never heard of GraphQL gets its media type."""
    headers = sent(accept, **({"content-type": "application/json"} if "content" in options else {}))
    async with served(plain_market_url) as api:
        answer = await api.client.send(method, path, headers=headers, **options)
    assert (answer.status_code, answer.headers["content-type"], codes(answer)) == (status, PLAIN, [code])


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("query", ["x=1", "symbol=AAPL", "x", "%C3%A4=1", "x=1&x=1", "a" * 300, "x=%zz"])
async def test_a_parameter_is_refused(plain_market_url: str, method: str, query: str) -> None:
    """With its name and where the symbol belongs; an empty query string is none, and HEAD has the status."""
    path = BATCH if method == "POST" else DETAILS
    options = {"json": {"symbols": ["S003"]}} if method == "POST" else {}
    async with served(plain_market_url) as api:
        answer = await api.client.send(method, f"{path}?{query}", **options)
        fine = await api.client.send(method, f"{path}?", **options)
    assert (answer.status_code, fine.status_code) == (400, 200)
    assert answer.headers["cache-control"] == "no-store"
    if method != "HEAD":
        (error,) = answer.json()["errors"]
        told = "hexadecimal" if query == "x=%zz" else f"no parameter '{'ä' if 'C3' in query else query[:1]}"
        assert told in error["message"]
        assert len(error["message"]) < 150


async def test_a_database_that_is_away_is_told_in_plain_json(plain_market_url: str, tmp_path: Path) -> None:
    """What the document's fields say is told as what the address says itself."""
    async with relayed(plain_market_url, tmp_path) as (url, relay), served(url) as api:
        await relay.cut()
        answers = [
            await api.client.send("GET", DETAILS, headers=sent("*/*")),
            await api.client.send("POST", BATCH, json={"symbols": ["S003"]}, headers=sent("*/*")),
        ]
    assert [(one.status_code, one.headers["content-type"]) for one in answers] == [(503, PLAIN)] * 2
