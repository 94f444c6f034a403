"""The IDE page: what it loads, what it may do, and what it says where the build is absent."""

import json
import re
from pathlib import Path

import pytest

from graph.ide import build, ide_page, page
from ops.settings import Settings

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|javascript:|https?://", re.IGNORECASE)


@pytest.fixture
def development() -> Settings:
    """Only this environment shows the page."""
    return Settings(environment="development")


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No GraphiQL was built."""
    monkeypatch.setattr(page, "built", lambda: None)


@pytest.fixture
def present(monkeypatch: pytest.MonkeyPatch) -> None:
    """GraphiQL was built, under these names."""
    monkeypatch.setattr(page, "built", lambda: build.Build(script="graphiql-A1.js", style="graphiql-B2.css"))


def policy_of(headers: list[tuple[bytes, bytes]]) -> dict[str, list[str]]:
    """Read the content security policy as sources by directive."""
    value = dict(headers)[b"content-security-policy"].decode()
    return {name: sources for name, *sources in (part.split() for part in value.split(";"))}


@pytest.mark.parametrize("which", ["absent", "present"])
def test_neither_page_has_inline_script_or_another_origin(
    which: str, request: pytest.FixtureRequest, development: Settings
) -> None:
    """The policy forbids inline script and foreign hosts, and the page needs neither."""
    request.getfixturevalue(which)
    body, headers = ide_page(development)
    assert not INLINE.search(body.decode())
    policy = policy_of(headers)
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["connect-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == ["'none'"]


@pytest.mark.parametrize("which", ["absent", "present"])
def test_headers_confine_the_page(which: str, request: pytest.FixtureRequest, development: Settings) -> None:
    """The page cannot be framed, sniffed or kept, and states its exact length."""
    request.getfixturevalue(which)
    body, headers = ide_page(development)
    found = dict(headers)
    assert found[b"content-type"] == b"text/html; charset=utf-8"
    assert found[b"content-length"] == str(len(body)).encode()
    assert found[b"x-frame-options"] == b"DENY"
    assert found[b"x-content-type-options"] == b"nosniff"
    assert found[b"cache-control"] == b"no-store"


def test_a_missing_build_is_named_with_its_remedy(absent: None, development: Settings) -> None:
    """Where GraphiQL is not built, the page says what is missing and how to get it, and offers a query to run."""
    text = ide_page(development)[0].decode()
    assert "make graphiql" in text
    assert "Node.js 20" in text
    assert "query FirstLook" in text


def test_the_built_page_names_the_files_of_the_manifest(present: None, development: Settings) -> None:
    """Script and style come from the manifest, relative to the page, so a proxy may put a prefix before both."""
    text = ide_page(development)[0].decode()
    assert 'src="graphql/assets/graphiql-A1.js"' in text
    assert 'href="graphql/assets/graphiql-B2.css"' in text


def test_production_has_no_ide() -> None:
    """Calling for the page outside development is a mistake of the caller, not a page."""
    with pytest.raises(ValueError, match="development"):
        ide_page(Settings(environment="production"))


def test_a_build_counts_only_when_it_is_whole(tmp_path: Path) -> None:
    """A folder without a manifest, with a broken one, or without the files it names is no build."""
    assert build.built(tmp_path) is None
    manifest = tmp_path / "manifest.json"
    for text in ("", "[]", "{}", '{"script": 7, "style": "a.css"}', '{"script": "../x.js", "style": "a.css"}'):
        manifest.write_text(text)
        assert build.built(tmp_path) is None, text
    manifest.write_text(json.dumps({"script": "a-1.js", "style": "a-1.css"}))
    (tmp_path / "a-1.js").touch()
    assert build.built(tmp_path) is None
    (tmp_path / "a-1.css").touch()
    assert build.built(tmp_path) == build.Build(script="a-1.js", style="a-1.css")
