"""The IDE's files: found under plain names only, typed, packed where wanted, and cached as their names allow."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from graph.ide import assets, ide_assets

SCRIPT = b"console.log('here');" * 50


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Hold a small build, with a secret one step outside it."""
    build = tmp_path / "graphiql"
    build.mkdir()
    (build / "page-AB12.js").write_bytes(SCRIPT)
    (build / "page-AB12.js.gz").write_bytes(gzip.compress(SCRIPT))
    (build / "codicon-AB12.ttf").write_bytes(b"\0\1\0\0")
    (build / "manifest.json").write_text("{}")
    (build / "sub.js").mkdir()
    (tmp_path / "secret.js").write_text("secret")
    monkeypatch.setattr(assets, "GRAPHIQL", build)
    return build


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Ask in process, without httpx's own wish for packed content."""
    transport = httpx.ASGITransport(app=ide_assets)
    headers = {"accept-encoding": "identity"}
    async with httpx.AsyncClient(transport=transport, base_url="http://ide.test", headers=headers) as client:
        yield client


async def test_a_built_file_is_kept_for_ever(client: httpx.AsyncClient) -> None:
    """A hashed name never changes its content, so browsers need not ask again."""
    answer = await client.get("/graphql/assets/page-AB12.js")
    assert answer.status_code == 200
    assert answer.content == SCRIPT
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["vary"] == "accept-encoding"


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("br", None),
        ("gzip;q=x", None),
        ("", None),
    ],
)
async def test_packed_files_go_to_those_who_take_gzip(
    client: httpx.AsyncClient, accepted: str, packed: str | None
) -> None:
    """Content negotiation decides the encoding; the content is the same, the entity tag is not."""
    url = "/graphql/assets/page-AB12.js"
    answer = await client.get(url, headers={"accept-encoding": accepted})
    assert answer.content == SCRIPT
    assert answer.headers.get("content-encoding") == packed
    plain = await client.get(url)
    assert (answer.headers["etag"] != plain.headers["etag"]) is (packed is not None)


async def test_the_plain_page_revalidates(client: httpx.AsyncClient) -> None:
    """Files with fixed names are asked for again, and an unchanged one costs no body."""
    url = "/graphql/assets/plain/plain.js"
    first = await client.get(url)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-cache"
    second = await client.get(url, headers={"if-none-match": first.headers["etag"]})
    assert second.status_code == 304
    assert second.content == b""


async def test_head_has_no_body_and_post_is_refused(client: httpx.AsyncClient) -> None:
    """Files can be read and not written."""
    head = await client.head("/graphql/assets/codicon-AB12.ttf")
    assert (head.status_code, head.content, head.headers["content-type"]) == (200, b"", "font/ttf")
    post = await client.post("/graphql/assets/codicon-AB12.ttf")
    assert post.status_code == 405
    assert post.headers["allow"] == "GET, HEAD"
    assert post.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../secret.js",
        "%2e%2e/secret.js",
        "..%2fsecret.js",
        "..\\secret.js",
        "/etc/passwd",
        "//etc/hosts.txt",
        "plain/../../ide.js",
        "plain/%2e%2e/first_look.graphql",
        "page-AB12.js%00",
        "page-AB12.js/",
        "page-AB12.js.gz",
        "manifest.json",
        "sub.js",
        "missing.js",
        "x" * 5_000 + ".js",
        "page-AB12.js%0a",
        ".js",
    ],
)
async def test_no_other_file_can_be_had(client: httpx.AsyncClient, name: str) -> None:
    """Dots, escapes, separators, NUL, folders, unlisted extensions and long names all end in a coded 404."""
    answer = await client.get(httpx.URL(f"http://ide.test/graphql/assets/{name}"))
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_raw_paths_meet_the_same_rule(folder: Path) -> None:
    """A server hands over paths that no client library would have normalised."""
    sent: list[dict[str, object]] = []

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    for path in ("/graphql/assets/../secret.js", "/graphql/assets/plain/../plain/plain.js", "/graphql/assets/a\0.js"):
        scope: dict[str, object] = {"type": "http", "method": "GET", "path": path, "headers": []}
        await ide_assets(scope, receive, send)
    assert [message["status"] for message in sent if message["type"] == "http.response.start"] == [404, 404, 404]
