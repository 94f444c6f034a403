"""Trusted mode in development: nothing that would let anybody try out documents is open."""

import pytest

from ops.settings import Settings
from tests.graph.rest.serving import served
from tests.http_client import codes


@pytest.mark.parametrize("path", ["/graphql", "/graphql/assets/plain.js"])
async def test_there_is_no_ide(plain_market_url: str, path: str) -> None:
    """A browser gets JSON and no page."""
    async with served(plain_market_url, documents="trusted") as api:
        answer = await api.client.send("GET", path, headers={"accept": "text/html", "sec-fetch-site": "none"})
    assert answer.status_code in (400, 404)
    assert "html" not in answer.headers["content-type"]


@pytest.mark.parametrize("query", ["{ __schema { types { name } } }", "{ __typename }", "{ nope }", "{", "x" * 200_000])
async def test_nothing_is_learnt_of_the_schema(plain_market_url: str, query: str) -> None:
    """Whatever a text is, the answer is the same, and names no field."""
    async with served(plain_market_url, documents="trusted") as api:
        answer = await api.client.query(query)
    assert "field" not in answer.text
    assert codes(answer) == (["DOCUMENT_TOO_LARGE"] if len(query) > 100_000 else ["DOCUMENT_NOT_TRUSTED"])


@pytest.mark.parametrize(("mode", "exploring"), [("open", True), ("automatic", True), ("trusted", False)])
def test_only_trusted_closes_development(mode: str, exploring: bool) -> None:  # noqa: FBT001 - a parameter set
    """In production none of it was open."""
    assert Settings.model_validate({"documents": mode}).exploring is exploring
    assert Settings.model_validate({"documents": mode, "environment": "production"}).exploring is False
