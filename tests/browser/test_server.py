"""The IDE pages on the real server: introspection, data, coded errors and sockets, under every limit and header."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from graph.app import create_app
from graph.ide import page as ide
from ops.settings import Settings
from tests.browser.conftest import Watched
from tests.flows.market import fill
from tests.live_server import live

pytestmark = pytest.mark.browser


@pytest.fixture
async def server_url(plain_database_url: str, redis_url: str) -> AsyncIterator[str]:
    """Serve a filled market as `insitechart serve` does in development."""
    settings = Settings.model_validate({"database_url": plain_database_url, "redis_url": redis_url})
    await fill(plain_database_url)
    app = create_app(settings)
    async with live(app, app.drain, settings) as served:
        yield served.url


@pytest.mark.usefixtures("graphiql_build")
async def test_graphiql_shows_the_market(watched: Watched, server_url: str) -> None:
    """The default query brings stocks with prices; the docs know the root fields; nothing complains."""
    page = watched.page
    await page.goto(f"{server_url}/graphql")
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("FirstLook")
    await page.locator("button.graphiql-execute-button").click()
    result = page.locator(".graphiql-response .view-lines")
    await expect(result).to_contain_text("BRK.B")
    await expect(result).to_contain_text("changePercent")
    await page.get_by_label("Show Documentation Explorer").click()
    docs = page.locator(".graphiql-doc-explorer")
    await docs.get_by_text("Query", exact=True).click()
    for field in ("stocks", "searchStocks", "trending", "freshness"):
        await expect(docs.get_by_text(field, exact=True)).to_be_visible()
    await page.wait_for_load_state("networkidle")
    assert watched.problems == []
    assert [url for url in watched.addresses if not url.startswith((f"{server_url}/", "data:", "blob:"))] == []


@pytest.mark.usefixtures("graphiql_build")
async def test_graphiql_shows_coded_errors(watched: Watched, server_url: str) -> None:
    """A refused argument and a syntax error both show their code to whoever explores."""
    page = watched.page
    await page.goto(f"{server_url}/graphql")
    editor = page.locator(".graphiql-query-editor .view-lines")
    result = page.locator(".graphiql-response .view-lines")
    await expect(editor).to_contain_text("FirstLook")
    for query, code in (  # one name throughout: GraphiQL notices another only when typing has paused
        ("query FirstLook { stocks(first: -1) { totalCount } }", "BAD_ARGUMENT"),
        ("query FirstLook { stocks(first: }", "PARSE_FAILED"),
    ):
        await editor.click()
        await page.keyboard.press("Control+A")
        await page.keyboard.insert_text(query)
        await page.keyboard.press("Control+Enter")
        await expect(result).to_contain_text(code)
    assert [problem for problem in watched.problems if "CSP" in problem] == []


@pytest.mark.usefixtures("graphiql_build")
async def test_graphiql_reaches_the_socket(watched: Watched, server_url: str) -> None:
    """From the page, the server takes this origin and protocol, and acknowledges the connection."""
    page = watched.page
    await page.goto(f"{server_url}/graphql")
    handshake = """address => new Promise((done, fail) => {
        const socket = new WebSocket(address, 'graphql-transport-ws');
        socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init' }));
        socket.onmessage = event => done(JSON.parse(event.data).type);
        socket.onclose = event => fail(new Error(`closed ${event.code}`));
    })"""
    assert await page.evaluate(handshake, server_url.replace("http", "ws") + "/graphql") == "connection_ack"
    assert watched.problems == []


async def test_the_plain_page_shows_the_market(
    watched: Watched, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a build the plain page brings the same data through the same door."""
    monkeypatch.setattr(ide, "built", lambda: None)
    page = watched.page
    await page.goto(f"{server_url}/graphql")
    await page.get_by_role("button", name="Run").click()
    await expect(page.locator("#result")).to_contain_text('"symbol": "BRK.B"')
    await expect(page.locator("#status")).to_contain_text("HTTP 200")
    assert watched.problems == []
