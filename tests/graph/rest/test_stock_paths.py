"""The built-in REST documents: their values, their errors as statuses, and their bounds."""

from pathlib import Path
from typing import Any

import pytest

from graph.documents.examination import Examined, Examiner
from graph.rest.builtin import STOCK_BATCH, STOCK_DETAILS, builtin_documents
from graph.schema import build_schema
from ops.settings import Limits, Settings
from tests.graph.rest.serving import Served, served
from tests.http_client import codes
from tests.unix_relay import relayed

BATCH = "/api/v1/stocks/batch"


def test_what_ships_can_run() -> None:
    """Every built-in document passes what registered ones pass, and has its file's name."""
    examiner = Examiner(build_schema(Settings())._schema, Limits())
    documents = builtin_documents()
    assert {one.id for one in documents} == {STOCK_BATCH, STOCK_DETAILS}
    for one in documents:
        found = examiner.examine(one.text)
        assert isinstance(found, Examined), found
        assert (found.operation, found.kind) == (one.id, "query")
        assert found.cost <= Limits().cost / 2


async def details(api: Served, symbol: str, method: str = "GET") -> Any:
    """Ask for one stock."""
    return await api.client.send(method, f"/api/v1/stocks/{symbol}/details")


async def batch(api: Served, symbols: object) -> Any:
    """Ask for many."""
    return await api.client.send("POST", BATCH, json={"symbols": symbols})


@pytest.mark.parametrize("mode", ["open", "automatic", "trusted"])
async def test_details_are_the_stock(plain_market_url: str, mode: str) -> None:
    """The value of the document's root field and nothing around it, in every mode, however the symbol is spelt."""
    async with served(plain_market_url, documents=mode) as api:
        answer = await details(api, "s003")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        stock = answer.json()
        assert (stock["symbol"], stock["name"]) == ("S003", "Company 003 Incorporated")
        assert stock["quote"]["price"] == 104.19
        sentiment = stock["sentiment"]
        assert sentiment["mentionCount"] == sum(one["mentionCount"] for one in sentiment["bySource"]) > 0
        assert {"source", "mentionCount", "averageScore"} <= set(sentiment["bySource"][0])
        assert stock["updatedAt"] >= stock["quote"]["at"]
        for spelling in ("brk-b", "BRK.B", "BRK/B", "BRK%2FB"):
            share = await details(api, spelling)
            assert (share.status_code, share.json()["symbol"]) == (200, "BRK.B")
            assert share.json()["quote"] is None


@pytest.mark.parametrize("symbol", ["NOPE", "%F0%9F%9A%80", "x" * 5_000, "%22%7D"])
async def test_an_unknown_stock_is_404(plain_market_url: str, symbol: str) -> None:
    """Coded as GraphQL codes it; a long symbol is not sent back whole."""
    async with served(plain_market_url) as api:
        answer = await details(api, symbol)
        assert (answer.status_code, codes(answer)) == (404, ["UNKNOWN_SYMBOL"])
        assert len(answer.content) < 500


async def test_methods(plain_market_url: str) -> None:
    """What a path does not know it refuses with what it knows."""
    async with served(plain_market_url) as api:
        head = await details(api, "S003", "HEAD")
        assert head.status_code == 200
        for answer, allowed in (
            (await details(api, "S003", "POST"), "GET, HEAD, OPTIONS"),
            (await api.client.send("GET", BATCH), "POST, OPTIONS"),
            (await api.client.send("HEAD", BATCH), "POST, OPTIONS"),
            (await api.client.send("PUT", BATCH), "POST, OPTIONS"),
        ):
            assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        assert (await api.client.send("OPTIONS", BATCH)).headers["allow"] == "POST, OPTIONS"


async def test_a_batch_answers_in_order(plain_market_url: str) -> None:
    """Known and unknown, twice and in other spellings: each entry stands where its symbol was asked."""
    asked = ["S003", "NOPE", "s003", "brk/b", "S003", "", "S004"]
    async with served(plain_market_url) as api:
        answer = await batch(api, asked)
        assert answer.status_code == 200
        entries = answer.json()["stocks"]
        assert [entry["symbol"] for entry in entries] == asked
        found = [entry["stock"]["symbol"] if "stock" in entry else entry["error"]["code"] for entry in entries]
        assert found == ["S003", "UNKNOWN_SYMBOL", "S003", "BRK.B", "S003", "UNKNOWN_SYMBOL", "S004"]
        single = (await details(api, "S003")).json()
        assert {name: entries[0]["stock"][name] for name in ("quote", "updatedAt")} == {
            name: single[name] for name in ("quote", "updatedAt")
        }
        assert (await batch(api, ["NOPE"])).status_code == 200


async def test_as_many_as_allowed(plain_market_url: str) -> None:
    """250 symbols are one answer, under the default cost."""
    symbols = [f"S{number:03d}" for number in range(250)]
    async with served(plain_market_url) as api:
        entries = (await batch(api, symbols)).json()["stocks"]
    assert [("stock" in entry) for entry in entries] == [number < 120 for number in range(250)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"{", "JSON"),
        (b"[]", "object"),
        (b"null", "object"),
        (b"{}", "array"),
        (b'{"symbols": "AAPL"}', "array"),
        (b'{"symbols": []}', "1 to 250"),
        (b'{"symbols": [1]}', "item 0 is a number"),
        (b'{"symbols": ["A", null]}', "item 1"),
        (b'{"symbol": ["A"]}', "'symbol'"),
        (b'{"symbols": [' + b",".join([b'"A"'] * 251) + b"]}", "251 items; 1 to 250"),
        (b'{"symbols": ["\\ud800"]}', "JSON"),
    ],
)
async def test_a_wrong_body_says_what_is_wrong(plain_market_url: str, content: bytes, told: str) -> None:
    """400, coded, naming the member, the place or the bound."""
    headers = {"content-type": "application/json"}
    async with served(plain_market_url) as api:
        answer = await api.client.send("POST", BATCH, content=content, headers=headers)
    assert (answer.status_code, codes(answer)) == (400, ["BAD_REQUEST"])
    assert told in answer.json()["errors"][0]["message"]


async def test_a_form_is_refused(plain_market_url: str) -> None:
    """No foreign page's form can post here."""
    async with served(plain_market_url) as api:
        answer = await api.client.send("POST", BATCH, data={"symbols": "AAPL"})
    assert (answer.status_code, codes(answer)) == (415, ["UNSUPPORTED_MEDIA_TYPE"])


async def test_a_database_that_is_away_is_503(plain_market_url: str, tmp_path: Path) -> None:
    """Both say so with Retry-After, and give no half answer."""
    async with relayed(plain_market_url, tmp_path) as (url, relay), served(url) as api:
        await relay.cut()
        for answer in (await details(api, "S003"), await batch(api, ["S003"])):
            assert (answer.status_code, set(codes(answer))) == (503, {"UNAVAILABLE"})
            assert answer.headers["retry-after"] == "2"
            assert "path" not in answer.json()["errors"][0]
