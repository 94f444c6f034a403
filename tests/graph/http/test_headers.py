"""Headers that every response carries, and who may call from another origin."""

import pytest

from tests.graph.http.sample import make_sample
from tests.http_client import Client, client_of

APP = "https://app.example"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/graphql"), ("GET", "/nope"), ("GET", "/livez"), ("OPTIONS", "/graphql")]
)
async def test_every_response_is_safe_to_hold(client: Client, method: str, path: str) -> None:
    """No guessing of types, no storing, and an id to ask about."""
    response = await client.send(method, path)
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    assert len(response.headers["x-request-id"]) == 32


@pytest.mark.parametrize(
    ("sent", "kept"), [("a-1.B:c", True), ("x" * 100, True), ("x" * 101, False), ("a b", False), ("é", False)]
)
async def test_a_sane_request_id_is_kept(client: Client, sent: str, kept: bool) -> None:  # noqa: FBT001 - a row
    """What could break a log line or a header is replaced."""
    response = await client.send("GET", "/livez", headers={"x-request-id": sent.encode()})
    assert (response.headers["x-request-id"] == sent) is kept


async def test_a_preflight_of_a_listed_origin_is_allowed() -> None:
    """Methods, the headers asked for, credentials, and how caches must tell answers apart."""
    async with client_of(make_sample(cors_origins=[APP]).app()) as client:
        response = await client.send("OPTIONS", headers=_preflight(APP))
        actual = await client.query("{ hello }", origin=APP)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == APP
    assert response.headers["access-control-allow-credentials"] == "true"
    assert response.headers["access-control-allow-methods"] == "GET, POST"
    assert response.headers["access-control-allow-headers"] == "content-type, x-custom"
    assert "Origin" in response.headers["vary"]
    assert actual.headers["access-control-allow-origin"] == APP
    assert "Origin" in actual.headers["vary"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://app.example.evil.example", "http://app.example", "null"]
)
async def test_other_origins_get_no_permission(origin: str) -> None:
    """Neither by preflight nor on the answer itself; yet caches are told that it depends on the origin."""
    async with client_of(make_sample(cors_origins=[APP]).app()) as client:
        for response in (
            await client.send("OPTIONS", headers=_preflight(origin)),
            await client.query("{ hello }", origin=origin),
        ):
            assert "access-control-allow-origin" not in response.headers
            assert "Origin" in response.headers["vary"]


async def test_the_wildcard_never_comes_with_credentials() -> None:
    """Any origin may read, none with the visitor's cookies."""
    async with client_of(make_sample(cors_origins=["*"]).app()) as client:
        for response in (
            await client.send("OPTIONS", headers=_preflight(APP)),
            await client.query("{ hello }", origin=APP),
        ):
            assert response.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in response.headers


async def test_what_a_cache_kept_for_a_program_is_readable_for_a_page() -> None:
    """The wildcard depends on no origin, and no `vary` says that it did: an answer without an origin carries it too."""
    async with client_of(make_sample(cors_origins=["*"]).app()) as client:
        response = await client.query("{ hello }")
    assert response.headers["access-control-allow-origin"] == "*"
    assert "Origin" not in response.headers.get("vary", "")


async def test_errors_are_readable_across_origins() -> None:
    """A refused request carries the permission too, or the page could not read why."""
    async with client_of(make_sample(cors_origins=[APP]).app()) as client:
        response = await client.send("POST", headers={"origin": APP})
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (415, APP)


async def test_by_default_no_origin_is_allowed(client: Client) -> None:
    """The setting is empty by default."""
    response = await client.query("{ hello }", origin=APP)
    assert not [name for name in response.headers if name.startswith("access-control")]


def _preflight(origin: str) -> dict[str, str]:
    return {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type, x-custom",
    }
