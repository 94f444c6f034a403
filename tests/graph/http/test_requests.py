"""Requests of the wrong form: each a coded error in JSON, never a stack, before anything runs."""

import pytest

from tests.graph.http.sample import Sample
from tests.http_client import JSON, Client, codes

GOOD = b'{"query": "{ hello }"}'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"7",
        b'"x"',
        b"[]",
        b"[1, 2]",
        b"{",
        b"\xff\xfe",
        b'{"query": "\xff"}',
        b'{"query": 7}',
        b'{"query": "{ hello }", "variables": [1]}',
        b'{"query": "{ hello }", "variables": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"query": "{ hello }", "extensions": "x"}',
        b'{"query": "{ hello }", "operationName": {}}',
        b'{"query": "\\ud800"}',
        b"{}",
        b'{"qeury": "{ hello }"}',
    ],
)
@pytest.mark.parametrize("accept", [JSON, "application/graphql-response+json"])
async def test_a_body_that_is_no_request_is_400(client: Client, sample: Sample, body: bytes, accept: str) -> None:
    """Whatever the bytes: BAD_REQUEST with 400 under both types, and nothing ran."""
    response = await client.send("POST", content=body, headers={"content-type": JSON, "accept": accept})
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])
    assert "Traceback" not in response.text
    assert sample.witness.contexts == []


async def test_a_huge_integer_is_a_coded_error(client: Client) -> None:
    """Ten thousand digits as a variable: refused as a variable or as JSON, not a 500."""
    body = b'{"query": "query ($n: Int!) { text(characters: $n) }", "variables": {"n": ' + b"9" * 10_000 + b"}}"
    response = await client.send("POST", content=body, headers={"content-type": JSON})
    assert response.status_code == 400
    assert codes(response)[0] in {"BAD_REQUEST", "BAD_VARIABLES"}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/jsonx",
        "text/plain",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded",
        "",
        "*",
    ],
)
async def test_only_json_in_utf_8_is_read(client: Client, content_type: str) -> None:
    """Exact media types: a look-alike or another charset is 415."""
    response = await client.send("POST", content=GOOD, headers={"content-type": content_type})
    assert (response.status_code, codes(response)) == (415, ["UNSUPPORTED_MEDIA_TYPE"])


async def test_a_body_without_content_type_is_415(client: Client) -> None:
    """No form can send what we read: that is the CSRF rule for POST."""
    response = await client.send("POST", content=GOOD)
    assert (response.status_code, codes(response)) == (415, ["UNSUPPORTED_MEDIA_TYPE"])


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
)
async def test_json_is_read_in_each_spelling(client: Client, content_type: str) -> None:
    """Case, spaces and quotes do not matter."""
    response = await client.send("POST", content=GOOD, headers={"content-type": content_type})
    assert response.json() == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize(
    ("encoding", "status"), [("gzip", 415), ("br", 415), ("gzip, identity", 415), ("identity", 200)]
)
async def test_compressed_bodies_are_415(client: Client, encoding: str, status: int) -> None:
    """A compressed body is not unpacked, and not read as text either."""
    headers = {"content-type": JSON, "content-encoding": encoding}
    assert (await client.send("POST", content=GOOD, headers=headers)).status_code == status


async def test_a_body_over_the_limit_is_413(client: Client) -> None:
    """By its declared length, before it is read."""
    response = await client.send("POST", content=b" " * 1_048_577, headers={"content-type": JSON})
    assert (response.status_code, codes(response)) == (413, ["PAYLOAD_TOO_LARGE"])


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
async def test_other_methods_are_405_with_allow(client: Client, method: str) -> None:
    """The answer names what is allowed."""
    response = await client.send(method)
    assert (response.status_code, codes(response)) == (405, ["METHOD_NOT_ALLOWED"])
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"


async def test_options_without_cors_names_the_methods(client: Client) -> None:
    """A plain OPTIONS is answered, and gives no foreign origin permission."""
    response = await client.send("OPTIONS", headers={"origin": "https://evil.example"})
    assert (response.status_code, response.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/", "/graphql/", "/graphql2", "/favicon.ico", "/%00", "/../etc/passwd"])
async def test_unknown_paths_are_a_coded_404(client: Client, path: str) -> None:
    """In JSON, whatever the path."""
    response = await client.send("GET", path)
    assert (response.status_code, codes(response)) == (404, ["NOT_FOUND"])
