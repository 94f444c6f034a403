"""GET: queries only, never for a foreign page, and never a page for whoever names a document."""

import json
import re
from urllib.parse import urljoin

import pytest

from tests.graph.http.sample import Sample, make_sample
from tests.http_client import Client, client_of, codes

PROOF = {"graphql-require-preflight": "1"}
HASH = {"extensions": json.dumps({"persistedQuery": {"version": 1, "sha256Hash": "ab" * 32}})}
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "sec-fetch-site": "none"}


async def test_a_query_by_get(client: Client) -> None:
    """Variables travel as JSON in the query string."""
    params = {"query": "query A($n: String!) { hello(name: $n) } query B { nope: hello }", "operationName": "A"}
    response = await client.send("GET", params=params | {"variables": '{"n": "é"}'}, headers=PROOF)
    assert response.json() == {"data": {"hello": "hello é"}}


async def test_head_has_the_headers_of_get(client: Client) -> None:
    """HEAD says how long the answer would be."""
    response = await client.send("HEAD", params={"query": "{ hello }"}, headers=PROOF)
    assert response.status_code == 200
    assert int(response.headers["content-length"]) == len('{"data":{"hello":"hello world"}}')


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_mutation_by_get_is_405(client: Client, sample: Sample, accept: str) -> None:
    """Under both types, with Allow, and nothing happens."""
    response = await client.send("GET", params={"query": "mutation { bump }"}, headers=PROOF | {"accept": accept})
    assert (response.status_code, codes(response), response.headers["allow"]) == (405, ["METHOD_NOT_ALLOWED"], "POST")
    assert sample.witness.bumps == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"accept": "application/graphql-response+json", "cookie": "a=b", "referer": "http://test/"},
    ],
)
async def test_a_get_that_a_foreign_page_could_send_is_403(
    client: Client, sample: Sample, headers: dict[str, str]
) -> None:
    """Simple headers prove nothing, the browser's own label of a foreign site least of all."""
    response = await client.send("GET", params={"query": "{ hello }"}, headers=headers)
    assert (response.status_code, codes(response)) == (403, ["CSRF_BLOCKED"])
    assert sample.witness.contexts == []


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json"},
        {"apollo-require-preflight": "true"},
        {"x-requested-with": "XMLHttpRequest"},
        {"authorization": "Bearer x"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "https://app.example"},
    ],
)
async def test_a_get_with_proof_is_answered(headers: dict[str, str]) -> None:
    """A header that needs a preflight, our own page, the address bar, or an origin from the settings."""
    async with client_of(make_sample(cors_origins=["https://app.example"]).app()) as client:
        response = await client.send("GET", params={"query": "{ hello }"}, headers=headers)
    assert response.json() == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize("headers", [{"accept": "*/*"} | PROOF, BROWSER])
async def test_a_persisted_hash_by_get_never_meets_a_page(client: Client, headers: dict[str, str]) -> None:
    """With persisted queries off, the answer is what Apollo Client understands: JSON, 200, this message."""
    response = await client.send("GET", params=HASH, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/")
    assert response.json()["errors"][0]["message"] == "PersistedQueryNotSupported"
    assert response.headers["cache-control"] == "no-store"


async def test_a_person_in_development_gets_the_page(client: Client) -> None:
    """HTML wanted first and no document named: the IDE, confined by its headers."""
    response = await client.send("GET", headers=BROWSER)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-request-id"]


@pytest.mark.parametrize("params", [{"query": "{ hello }"}, {"query": ""}, {"documentId": "x"}, HASH])
async def test_a_person_who_names_a_document_gets_json(client: Client, params: dict[str, str]) -> None:
    """The IDE is only for those who ask for nothing."""
    response = await client.send("GET", params=params, headers=BROWSER)
    assert "json" in response.headers["content-type"]


async def test_the_page_finds_its_files(client: Client) -> None:
    """What the page names under its own address is there, and an unknown file is a coded 404."""
    page = (await client.send("GET", headers=BROWSER)).text
    names = set(re.findall(r'(?:src|href)="([^"]+/assets/[^"]+)"', page))
    assert names
    for name in names:
        assert (await client.send("GET", urljoin("/graphql", name))).status_code == 200
    unknown = await client.send("GET", "/graphql/assets/nope.js")
    assert (unknown.status_code, codes(unknown)) == (404, ["NOT_FOUND"])


async def test_production_has_no_page() -> None:
    """The same request outside development is a request without a document."""
    async with client_of(make_sample(environment="production").app()) as client:
        response = await client.send("GET", headers=BROWSER)
        assets = await client.send("GET", "/graphql/assets/plain/page.js")
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])
    assert (assets.status_code, codes(assets)) == (404, ["NOT_FOUND"])
