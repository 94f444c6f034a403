"""`GET /documents/<id or name>`: what runs, how variables are read, and what each mistake is told."""

import hashlib
import json
from typing import Any

import pytest

from storage.add_documents import NewDocument
from tests.flows.market import fill
from tests.graph.rest.serving import Served, served
from tests.http_client import RESPONSE_JSON, codes

PAGE = """query Page($symbol: String!, $first: Int = 2, $sources: [Source!], $quiet: Boolean = false,
  $by: BucketSize = DAY, $during: TimeRange) {
  stock(symbol: $symbol) {
    symbol
    prices(bucket: $by, last: $first, during: $during) @skip(if: $quiet) { nodes { time } }
    mentions(first: 1, filter: { sources: $sources }) { nodes { score } }
  }
}"""
MANY = "query Many($symbols: [String!]!) { stocks(filter: { symbols: $symbols }) { nodes { symbol } } }"
WATCH = "subscription Watch { trendingUpdated(timeframe: HOUR) { cursor } }"


def document(text: str, name: str | None = None) -> NewDocument:
    """Make a document whose id is the SHA-256 of its text."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return NewDocument(digest, name, text, digest, "web", "1")


@pytest.fixture
async def url(plain_database_url: str) -> str:
    """A market of the test's own."""
    await fill(plain_database_url)
    return plain_database_url


async def ask(api: Served, name: str, query: str | dict[str, Any] = "", method: str = "GET") -> Any:
    """Ask for a document as a browser's address bar or a cache does, with no header of GraphQL's."""
    if isinstance(query, str):
        return await api.client.send(method, f"/documents/{name}?{query}")
    return await api.client.send(method, f"/documents/{name}", params=query)


async def test_an_address_answers(url: str) -> None:
    """By id, by id with its prefix, by name; with variables as JSON and as parameters; the answers are one."""
    page, many = document(PAGE, "Page"), document(MANY, "Many")
    async with served(url, documents="trusted") as api:
        await api.register(page, many)
        first = await ask(api, "Page", "symbol=S003&first=1&sources=REDDIT&sources=X&sources=NEWS&quiet=false&by=DAY")
        assert first.status_code == 200
        assert first.headers["content-type"].startswith(RESPONSE_JSON)
        stock = first.json()["data"]["stock"]
        assert (stock["symbol"], len(stock["prices"]["nodes"]), len(stock["mentions"]["nodes"])) == ("S003", 1, 1)
        variables = json.dumps(
            {"symbol": "S003", "first": 1, "sources": ["REDDIT", "X", "NEWS"], "quiet": False, "by": "DAY"}
        )
        for name in (page.id, f"sha256:{page.id}", "Page"):
            assert (await ask(api, name, {"variables": variables})).json() == first.json()
        lists = await ask(api, "Many", "symbols=S004&symbols=S003")
        assert [node["symbol"] for node in lists.json()["data"]["stocks"]["nodes"]] == ["S003", "S004"]
        window = '{"from": "2026-03-05T00:00:00Z", "to": "2026-03-06T00:00:00Z"}'
        narrow = await ask(api, "Page", {"symbol": "S003", "first": "9", "during": window})
        assert len(narrow.json()["data"]["stock"]["prices"]["nodes"]) == 1


@pytest.mark.parametrize(
    ("query", "code", "told"),
    [
        ("", "BAD_VARIABLES", "symbol"),
        ("symbol=S003&first=ten", "BAD_VARIABLES", "'first' must be of type Int, which 'ten' is not"),
        ("symbol=S003&first=1.5", "BAD_VARIABLES", "Int"),
        ("symbol=S003&first=true", "BAD_VARIABLES", "Int"),
        ("symbol=S003&sources=PIGEON", "BAD_VARIABLES", "PIGEON"),
        ("symbol=S003&quiet=yes", "BAD_VARIABLES", "must be true or false, not 'yes'"),
        ("symbol=S003&by=FORTNIGHT", "BAD_VARIABLES", "FORTNIGHT"),
        ("symbol=S003&symbol=S004", "BAD_VARIABLES", "given 2 times"),
        ("symbol=S003&size=1", "BAD_VARIABLES", "no variable 'size'; it has 'symbol', 'first'"),
        ("symbol=S003&during=yesterday", "BAD_REQUEST", "JSON"),
        ("symbol=%ff", "BAD_REQUEST", "UTF-8"),
        ("variables=[1]", "BAD_REQUEST", "must be a JSON object"),
        ("variables={", "BAD_REQUEST", "JSON"),
        ("variables={}&symbol=S003", "BAD_REQUEST", "either"),
        ("&".join(f"symbol={number}" for number in range(400)), "BAD_REQUEST", "more than"),
    ],
)
async def test_wrong_variables(plain_database_url: str, query: str, code: str, told: str) -> None:
    """Each is 400 under any media type, says which parameter, and what would be right."""
    async with served(plain_database_url) as api:
        await api.register(document(PAGE, "Page"))
        answer = await ask(api, "Page", query)
        assert (answer.status_code, codes(answer)[0]) == (400, code)
        assert told in answer.json()["errors"][0]["message"]


async def test_what_is_not_there_is_404(plain_database_url: str) -> None:
    """Coded, and for every way of not being there; a document that was pruned is gone, too."""
    async with served(plain_database_url) as api:
        await api.register(document(PAGE, "Page"))
        for name in ("nope", "page", "0" * 64, "a/b", "%C3%A9"):
            answer = await ask(api, name, "symbol=S003")
            assert (answer.status_code, codes(answer)) == (404, ["DOCUMENT_NOT_FOUND"])


async def test_methods(plain_database_url: str) -> None:
    """HEAD is GET without a body; OPTIONS says what there is; the rest is 405, and a subscription never runs here."""
    async with served(plain_database_url) as api:
        await api.register(document(PAGE, "Page"), document(WATCH, "Watch"))
        assert (await ask(api, "Page", "symbol=S003", "HEAD")).status_code == 200
        options = await ask(api, "Page", method="OPTIONS")
        assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
        for method in ("POST", "PUT", "DELETE"):
            refused = await ask(api, "Page", method=method)
            assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        watch = await ask(api, "Watch")
        assert (watch.status_code, codes(watch)) == (400, ["BAD_REQUEST"])
        assert "subscription" in watch.json()["errors"][0]["message"]


async def test_a_foreign_page_may_ask(plain_database_url: str) -> None:
    """A public read that an operator registered: neither a preflight nor a header of GraphQL's is wanted."""
    async with served(plain_database_url) as api:
        await api.register(document(PAGE, "Page"))
        headers = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site", "accept": "*/*"}
        answer = await api.client.send("GET", "/documents/Page?symbol=S003", headers=headers)
        assert answer.status_code == 200
        assert "access-control-allow-origin" not in answer.headers


async def test_what_no_longer_fits_the_schema_says_so(plain_database_url: str) -> None:
    """A document that another version of the program took is refused by this one, with the reason."""
    async with served(plain_database_url) as api:
        await api.register(document("query Old { gone }", "Old"))
        answer = await ask(api, "Old")
        assert (answer.status_code, codes(answer)) == (400, ["VALIDATION_FAILED"])
        assert "no longer fits the schema" in answer.json()["errors"][0]["message"]
