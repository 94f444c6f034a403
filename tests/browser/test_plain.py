"""The plain page in Chromium: what stands in for GraphiQL where it is not built."""

import pytest
from playwright.async_api import expect

from graph.ide import page as ide
from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def no_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve the page as a machine without Node.js would."""
    monkeypatch.setattr(ide, "built", lambda: None)


async def test_it_names_what_is_missing_and_runs_a_query(watched: Watched, toy_url: str) -> None:
    """The page says how to get GraphiQL, and its own query brings data by a click, without a complaint."""
    page = watched.page
    await page.goto(f"{toy_url}/graphql")
    await expect(page.locator("#missing")).to_contain_text("make graphiql")
    await page.get_by_role("button", name="Run").click()
    await expect(page.locator("#result")).to_contain_text('"symbol": "NVDA"')
    await expect(page.locator("#result")).to_contain_text("Nvidia <b>bold</b>")
    await expect(page.locator("#status")).to_contain_text("HTTP 200")
    assert watched.problems == []
    assert [url for url in watched.addresses if not url.startswith((f"{toy_url}/", "data:"))] == []


async def test_variables_travel_and_bad_ones_stay_home(watched: Watched, toy_url: str) -> None:
    """Ctrl-Enter runs with the variables given; text that is no JSON object is refused before it is sent."""
    page = watched.page
    await page.goto(f"{toy_url}/graphql")
    await page.fill("#query", "query One($symbol: String!) { stock(symbol: $symbol) { symbol } }")
    await page.fill("#variables", '{"symbol": "NVDA"}')
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#result")).to_contain_text('"symbol": "NVDA"')
    for text in ("{", "7", "null", "[1]"):
        await page.fill("#variables", text)
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#status")).to_have_text("not sent")
        await page.fill("#variables", "")
        await page.fill("#query", "{ stocks(first: 1) { nodes { symbol } } }")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#status")).to_contain_text("HTTP 200")


async def test_a_refused_query_shows_the_errors(watched: Watched, toy_url: str) -> None:
    """An HTTP 400 is an answer to read, not a failure of the page."""
    page = watched.page
    await page.goto(f"{toy_url}/graphql")
    await page.fill("#query", "{ stocks(")
    await page.get_by_role("button", name="Run").click()
    await expect(page.locator("#status")).to_contain_text("HTTP 400")
    await expect(page.locator("#result")).to_contain_text("Syntax Error")


async def test_the_plan_is_there_for_a_tick(watched: Watched, toy_url: str) -> None:
    """The box is empty at first; ticked, the answer's JSON also says what ran."""
    page = watched.page
    await page.goto(f"{toy_url}/graphql")
    await page.get_by_role("button", name="Run").click()
    await expect(page.locator("#result")).to_contain_text('"symbol": "NVDA"')
    await expect(page.locator("#result")).not_to_contain_text('"plan"')
    await page.get_by_label("Ask for the plan").check()
    await page.get_by_role("button", name="Run").click()
    await expect(page.locator("#result")).to_contain_text('"loader": "LatestPriceBySymbol"')
    await expect(page.locator("#result")).to_contain_text('"limit": 10000')
    assert watched.problems == []
