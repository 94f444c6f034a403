"""The plan panel on the real server and beside subscriptions: what ran there is what is drawn."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import WebSocketRoute, expect

from graph.app import create_app
from ops.settings import Settings
from tests.browser.conftest import Watched
from tests.browser.test_plan import open_panel, run
from tests.browser.toy import PLAN
from tests.flows.market import fill
from tests.live_server import live

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("graphiql_build")]

# On one line: the editor closes brackets that stand at the end of a line.
NAMED_TWICE = (
    "query Twice { stocks(first: 5) { nodes { "
    "quote { price } last: quote { at } mentions(first: 1) { totalCount } } } }"
)
FOLLOWED = 'subscription Quotes { quoteUpdated(symbols: ["NVDA"]) { cursor } }'


@pytest.fixture
async def cold_url(plain_database_url: str, redis_url: str) -> AsyncIterator[str]:
    """Serve a filled market that has answered nothing yet."""
    settings = Settings.model_validate({"database_url": plain_database_url, "redis_url": redis_url})
    await fill(plain_database_url)
    app = create_app(settings)
    async with live(app, app.drain, settings) as served:
        yield served.url


async def test_what_ran_is_what_is_drawn(watched: Watched, cold_url: str) -> None:
    """Fields with their budgets, one batch for both names of a field, its statement and its cache call are there."""
    page = watched.page
    await open_panel(page, cold_url)
    await page.get_by_role("switch").check()
    await page.locator(".graphiql-query-editor .view-lines").click()
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text(NAMED_TWICE)
    await page.keyboard.press("Control+Enter")
    tree = page.get_by_role("tree", name="What ran")
    for path in ("stocks", "stocks.nodes.quote", "stocks.nodes.last", "stocks.nodes.mentions"):
        await expect(tree.get_by_role("treeitem", name=f"field {path}, ")).to_contain_text("%")
    batch = tree.get_by_role("treeitem", name="batch QuoteBySymbol, 5 keys")
    await expect(batch).to_have_count(1)
    await batch.hover()
    details = page.get_by_role("complementary", name="Details")
    await expect(details).to_contain_text("stocks.nodes.quote")
    await expect(details).to_contain_text("stocks.nodes.last")
    await expect(details).to_contain_text("asked for 10 times")
    await expect(tree.get_by_role("treeitem", name="SQL quotes")).to_have_count(1)
    await expect(tree.get_by_role("treeitem", name="cache read").first).to_be_visible()
    await expect(page.get_by_role("region", name="Plan")).to_contain_text("Slowest path: stocks.nodes.")
    await page.wait_for_load_state("networkidle")
    assert watched.problems == []


async def test_of_a_subscription_the_last_event_is_drawn(watched: Watched, toy_url: str) -> None:
    """An event without a plan says so; one that brings a plan is drawn, and the next takes its place."""
    page = watched.page
    sockets: list[tuple[WebSocketRoute, str]] = []

    def speak(socket: WebSocketRoute, text: str | bytes) -> None:
        message: dict[str, Any] = json.loads(text)
        if message["type"] == "connection_init":
            socket.send(json.dumps({"type": "connection_ack"}))
        elif message["type"] == "subscribe":
            sockets.append((socket, message["id"]))
            tell({"data": {"quoteUpdated": {"cursor": "1"}}})

    def tell(payload: dict[str, Any]) -> None:
        socket, number = sockets[-1]
        socket.send(json.dumps({"type": "next", "id": number, "payload": payload}))

    await page.route_web_socket("**/graphql", lambda socket: socket.on_message(lambda text: speak(socket, text)))
    await open_panel(page, toy_url)
    await page.get_by_role("switch").check()
    await page.locator(".graphiql-query-editor .view-lines").click()
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text(FOLLOWED)
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("region", name="Plan")).to_contain_text("which carries no plans")
    for milliseconds, shown in ((31.4, "31.4 ms"), (52.5, "52.5 ms")):
        tell({"data": {}, "extensions": {"plan": {**PLAN, "milliseconds": milliseconds}}})
        await expect(page.locator(".plan-totals")).to_contain_text(shown)
        await expect(page.get_by_role("treeitem")).to_have_count(20)
    await run(page)  # it is the button that stops
    assert watched.problems == []
