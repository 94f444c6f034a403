"""GraphiQL and its plan panel while an answer is on its way: stopped, overtaken by a change of tabs, or lost."""

import asyncio
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import Watched
from tests.browser.test_plan import open_panel, run

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("graphiql_build")]


@dataclass(slots=True)
class Held:
    """Holds back every answer but introspection's until it is let go."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, route: Route) -> None:
        """Pass a request on once that is allowed."""
        if route.request.method == "POST" and "IntrospectionQuery" not in (route.request.post_data or ""):
            self.arrived.set()
            await self.go.wait()
        await route.fallback()


@pytest.fixture
async def held(watched: Watched) -> Held:
    """Put something in the way of the answers to this page; it lets them through until `go` is cleared."""
    held = Held()
    held.go.set()

    async def handle(route: Route) -> None:  # of a bound method, playwright marks the owner, which has slots
        await held.handle(route)

    await watched.page.route("**/graphql", handle)
    return held


async def ask_and_hold(page: Page, url: str, held: Held) -> None:
    """Draw one plan, then run again without an answer."""
    await open_panel(page, url)
    await page.get_by_role("switch").check()
    await run(page)
    await expect(page.get_by_role("treeitem")).to_have_count(20)
    held.go.clear()
    held.arrived.clear()
    await run(page)
    await held.arrived.wait()


async def test_the_plan_before_stays_until_the_next(watched: Watched, toy_url: str, held: Held) -> None:
    """While an answer is awaited the panel says so and keeps the last drawing; the new one takes its place."""
    page = watched.page
    await ask_and_hold(page, toy_url, held)
    status = page.get_by_role("region", name="Plan").get_by_role("status")
    await expect(status).to_contain_text("Running. Below is the plan of the answer before.")
    await expect(page.get_by_role("treeitem")).to_have_count(20)
    held.go.set()
    await expect(status).to_be_empty()
    await expect(page.get_by_role("treeitem")).to_have_count(20)
    assert watched.problems == []


async def test_a_stopped_operation_is_aborted_and_brings_nothing(watched: Watched, toy_url: str, held: Held) -> None:
    """The stop button ends the request itself; nothing of it shows, and the next run is as good as the first."""
    page = watched.page
    await ask_and_hold(page, toy_url, held)
    async with page.expect_event("requestfailed"):
        await run(page)  # now it is the button that stops
    await expect(page.get_by_role("region", name="Plan")).to_contain_text("Run an operation")
    held.go.set()
    await run(page)
    await expect(page.get_by_role("treeitem")).to_have_count(20)
    assert [problem for problem in watched.problems if "ERR_ABORTED" not in problem] == []


async def test_an_answer_never_lands_in_another_tab(watched: Watched, toy_url: str, held: Held) -> None:
    """Each tab keeps its own answer and plan; going to another while a request is under way ends the request."""
    page = watched.page
    await ask_and_hold(page, toy_url, held)
    held.go.set()
    await expect(page.get_by_role("region", name="Plan").get_by_role("status")).to_be_empty()
    await page.get_by_label("New tab").click()
    await expect(page.get_by_role("treeitem")).to_have_count(0)
    await page.locator(".graphiql-query-editor .view-lines").click()
    await page.keyboard.insert_text("{ stocks { nodes { symbol } } }")
    held.go.clear()
    held.arrived.clear()
    await page.keyboard.press("Control+Enter")
    await held.arrived.wait()
    async with page.expect_event("requestfailed"):
        await page.get_by_role("tab").first.click()
    await expect(page.get_by_role("treeitem")).to_have_count(20)
    held.go.set()
    await page.get_by_role("tab").last.click()
    await expect(page.get_by_role("region", name="Plan")).to_contain_text("Run an operation")
    await expect(page.locator(".graphiql-response .view-lines")).to_be_empty()


async def test_a_lost_server_and_a_foreign_answer_are_told(watched: Watched, toy_url: str) -> None:
    """A broken connection, and an answer of something that is no GraphQL server, are put into words."""
    page = watched.page
    await open_panel(page, toy_url)
    await page.get_by_role("switch").check()
    panel = page.get_by_role("region", name="Plan")
    await page.route("**/graphql", lambda route: route.abort())
    await run(page)
    await expect(panel).to_contain_text("The server could not be reached")
    await page.route("**/graphql", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    await run(page)
    await expect(panel).to_contain_text("HTTP 502, and the answer is not JSON: <h1>Bad Gateway</h1>")
    assert [problem for problem in watched.problems if "CSP" in problem] == []
