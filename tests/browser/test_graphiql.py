"""GraphiQL in Chromium: it loads from this origin only, runs queries, shows the docs and marks errors."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("graphiql_build")]


async def test_the_first_query_runs_and_nothing_complains(watched: Watched, toy_url: str) -> None:
    """The page loads without an error, a policy violation or a foreign request, and its default query brings data."""
    page = watched.page
    await page.goto(f"{toy_url}/graphql")
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("FirstLook")
    await page.locator("button.graphiql-execute-button").click()
    result = page.locator(".graphiql-response .view-lines")
    await expect(result).to_contain_text("NVDA")
    await expect(result).to_contain_text("181.25")
    assert [url for url in watched.addresses if not url.startswith((f"{toy_url}/", "data:", "blob:"))] == []
    while len(page.workers) < 3:  # each starts when the editor first needs it
        await page.wait_for_event("worker")
    assert sorted(worker.url.rsplit("/", 1)[-1].split("-")[0] for worker in page.workers) == [
        "editor.worker",
        "graphql.worker",
        "json.worker",
    ]
    await page.wait_for_load_state("networkidle")
    assert watched.problems == []


async def test_the_docs_show_the_schema(watched: Watched, toy_url: str) -> None:
    """The documentation explorer lists Query and opens it, with its descriptions."""
    page = watched.page
    await page.goto(f"{toy_url}/graphql")
    await page.get_by_label("Show Documentation Explorer").click()
    docs = page.locator(".graphiql-doc-explorer")
    await docs.get_by_text("Query", exact=True).click()
    await expect(docs).to_contain_text("Where every question starts.")
    await expect(docs).to_contain_text("stocks")
    assert watched.problems == []


async def test_a_syntax_error_is_marked_and_answered(watched: Watched, toy_url: str) -> None:
    """The GraphQL worker underlines a broken query, and running it shows the server's error."""
    page = watched.page
    await page.goto(f"{toy_url}/graphql")
    editor = page.locator(".graphiql-query-editor")
    await expect(editor.locator(".view-lines")).to_contain_text("FirstLook")
    await editor.locator(".view-lines").click()
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text("query Broken { stocks(first: }")
    await expect(editor.locator(".squiggly-error").first).to_be_attached()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".graphiql-response .view-lines")).to_contain_text("Syntax")
    assert [problem for problem in watched.problems if "CSP" in problem] == []


async def test_a_web_socket_to_this_host_is_allowed(watched: Watched, toy_url: str) -> None:
    """The policy lets subscriptions reach the endpoint, and nothing reach another host."""
    page = watched.page
    await page.goto(f"{toy_url}/graphql")
    opened = """address => new Promise(done => {
        const socket = new WebSocket(address, 'graphql-transport-ws');
        socket.onopen = () => done('opened');
        socket.onerror = () => done('failed');
    })"""
    assert await page.evaluate(opened, toy_url.replace("http", "ws") + "/graphql") == "opened"
    assert watched.problems == []
    assert await page.evaluate(opened, "ws://localhost:9/graphql") == "failed"
    assert any(problem.startswith("CSP connect-src") for problem in watched.problems)


async def test_the_formatter_loads_when_asked_for(watched: Watched, toy_url: str) -> None:
    """Parts that are fetched late come from this origin too, and work under the policy."""
    page = watched.page
    await page.goto(f"{toy_url}/graphql")
    editor = page.locator(".graphiql-query-editor .view-lines")
    await expect(editor).to_contain_text("FirstLook")
    await editor.click()
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text('query Flat{stock(symbol:"NVDA"){symbol name}}')
    await page.get_by_label("Prettify query").click()
    await expect(editor.locator(".view-line")).to_have_count(7)  # the last one is empty
    assert watched.problems == []
