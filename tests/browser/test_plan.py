"""GraphiQL's plan panel in Chromium: asked for by a switch, drawn from the answer that is shown, walked by keys."""

import json
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import Watched
from tests.browser.toy import PLAN

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("graphiql_build")]

HEADER = "x-insitechart-extensions"


async def open_panel(page: Page, url: str) -> None:
    """Load the page and show the panel, which no run has filled yet."""
    await page.goto(f"{url}/graphql")
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("FirstLook")
    await page.get_by_label("Show Plan").click()


async def run(page: Page) -> None:
    """Press the button that runs the operation."""
    await page.locator("button.graphiql-execute-button").click()


async def answer_with(page: Page, answer: dict[str, Any]) -> None:
    """Answer every operation but GraphiQL's own introspection with this."""

    async def handle(route: Route) -> None:
        if route.request.method != "POST" or "IntrospectionQuery" in (route.request.post_data or ""):
            await route.fallback()
        else:
            await route.fulfill(json=answer)

    await page.route("**/graphql", handle)


async def test_the_switch_asks_and_the_panel_draws(watched: Watched, toy_url: str) -> None:
    """Off, nothing asks; on, the answer's plan is drawn, the response pane still shows all, and a reload remembers."""
    page = watched.page
    asked: list[str | None] = []
    page.on("request", lambda request: asked.append(request.headers.get(HEADER)) if request.method == "POST" else None)
    await open_panel(page, toy_url)
    panel = page.get_by_role("region", name="Plan")
    await run(page)
    await expect(panel).to_contain_text("Turn on Ask for the plan")
    assert set(asked) == {None}
    await page.get_by_role("switch").check()
    await run(page)
    await expect(page.get_by_role("treeitem")).to_have_count(20)
    assert asked[-1] == "plan, cost"
    for text in ("31.4 ms", "4 statements", "252 asked", "66 loaded", "of 10,000", "stocks.nodes.mentions.nodes.stock"):
        await expect(panel).to_contain_text(text)
    await expect(page.locator(".graphiql-response .view-lines")).to_contain_text('"extensions"')
    assert watched.problems == []
    await page.reload()
    await expect(page.get_by_role("switch")).to_be_checked()
    await expect(panel).to_contain_text("Run an operation")
    assert asked[-1] is None, "GraphiQL's introspection does not ask"
    assert [problem for problem in watched.problems if "ERR_ABORTED" not in problem] == []  # what the reload cut off


async def test_a_row_tells_more_to_the_pointer_and_to_keys(watched: Watched, toy_url: str) -> None:
    """Pointing shows a row's details; arrows walk, fold and unfold; each row says its times and budget aloud."""
    page = watched.page
    await open_panel(page, toy_url)
    await page.get_by_role("switch").check()
    await run(page)
    details = page.get_by_role("complementary", name="Details")
    await expect(details).to_contain_text("arrow keys")
    over = page.get_by_role("treeitem", name="138 % of its budget")
    await over.hover()
    await expect(details).to_contain_text("MentionPageByKey (#5)")
    await expect(details).to_contain_text("138 % of 15.0 ms")
    await page.mouse.move(900, 400)
    await page.get_by_role("tree", name="What ran").get_by_role("treeitem").first.focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("[role=treeitem]:focus")).to_have_accessible_name(
        "batch StockPageByKey, 1 key, from 0.50 ms, for 8.80 ms, on the slowest path"
    )
    await expect(details).to_contain_text("stock_page")
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("treeitem")).to_have_count(19)
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("[role=treeitem]:focus")).to_have_attribute("data-id", "field-0")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("treeitem")).to_have_count(5)
    await page.keyboard.press("End")
    await expect(page.locator("[role=treeitem]:focus")).to_have_attribute("data-id", "statement-3")
    assert watched.problems == []


async def test_a_long_answer_is_drawn_in_parts(watched: Watched, toy_url: str) -> None:
    """Of 1,000 rows 200 are drawn and the rest counted; a click draws more."""
    page = watched.page
    fields = [{"path": f"row{at}", "begin": at, "milliseconds": 1.5, "parents": 1} for at in range(1_000)]
    await answer_with(page, {"data": {}, "extensions": {"plan": {"milliseconds": 1_002, "fields": fields}}})
    await open_panel(page, toy_url)
    await run(page)
    await expect(page.get_by_role("treeitem")).to_have_count(200)
    await page.get_by_role("button", name="200 of 1,000 rows are drawn").click()
    await expect(page.get_by_role("treeitem")).to_have_count(400)
    assert watched.problems == []


async def test_a_narrow_window_has_room_for_all(watched: Watched, toy_url: str) -> None:
    """On a telephone nothing is cut off sideways: panes stand one above the other, rows take two lines."""
    page = watched.page
    await page.set_viewport_size({"width": 400, "height": 800})
    await open_panel(page, toy_url)
    await page.get_by_role("switch").check()
    await run(page)
    await expect(page.get_by_role("treeitem")).to_have_count(20)
    for pane in (".plan-rows", ".graphiql-editors", ".graphiql-response"):
        box = await page.locator(pane).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["width"] > 280
        assert box["x"] + box["width"] <= 400
    name = page.get_by_role("treeitem", name="field stocks.nodes.mentions, ").locator(".plan-label")
    await expect(name).to_have_text("nodes.mentions")
    assert await name.evaluate("label => label.scrollWidth <= label.clientWidth"), "the name is cut"
    assert watched.problems == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"data": {"a": 1}}, "brought no plan"),
        ({"errors": [{"message": "Syntax Error: here"}]}, "Syntax Error: here"),
        ({"errors": [{"message": "no", "extensions": {"header": "x-insitechart-operator"}}]}, "operators only"),
        ({"data": None, "errors": [{"message": "x"}, {"message": "y"}], "extensions": {"plan": PLAN}}, "2 errors"),
        ({"data": {}, "extensions": {"plan": {}}}, "waited for anything"),
        ({"data": {}, "extensions": {"plan": {"batches": [{"loader": "<b>Old", "keys": 1}]}}}, "<b>Old"),
    ],
)
async def test_it_says_why_there_is_little_to_draw(
    watched: Watched, toy_url: str, answer: dict[str, Any], told: str
) -> None:
    """Answers without a plan, refused ones, and those of other versions of the server each get their own words."""
    page = watched.page
    await answer_with(page, answer)
    await open_panel(page, toy_url)
    await page.get_by_role("switch").check()
    await run(page)
    await expect(page.get_by_role("region", name="Plan")).to_contain_text(told)
    assert watched.problems == []


async def test_a_typed_header_is_joined_with_the_switch(watched: Watched, toy_url: str) -> None:
    """Whoever asks for another extension by hand gets it beside the plan."""
    page = watched.page
    await open_panel(page, toy_url)
    await page.get_by_role("switch").check()
    await page.get_by_role("button", name="Headers").click()
    await page.locator("section[aria-label=Headers] .view-lines").last.click()
    await page.keyboard.insert_text(json.dumps({"X-Insitechart-Extensions": "freshness, plan"}))
    async with page.expect_request(lambda request: request.method == "POST") as sent:
        await run(page)
    assert (await sent.value).headers[HEADER] == "freshness, plan, cost"
