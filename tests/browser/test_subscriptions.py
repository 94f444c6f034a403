"""GraphiQL on the real server while the market runs: what is followed changes before one's eyes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect

from graph.app import create_app
from ingest.demo.live import CHECKPOINT, LiveMarket
from ingest.demo.market import hour_of
from ingest.jobs.run import run_jobs
from ingest.pipeline.worker import run_worker
from ingest.replay.play import Pace, Play
from ops.settings import Settings
from storage.database import open_database
from storage.intake_stream import IntakeStream
from storage.redis import open_redis
from storage.rows import StockRow
from storage.write_stocks import write_stocks
from tests.browser.conftest import Watched
from tests.live_server import live

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("graphiql_build")]

SYMBOLS = ["AAPL", "MSFT", "NVDA"]
# On one line each: the editor closes brackets that stand at the end of a line.
QUOTES = (
    'subscription Quotes { quoteUpdated(symbols: ["AAPL", "MSFT", "NVDA"]) '
    "{ cursor stock { symbol } quote { price at } } }"
)
TRENDING = (
    "subscription Trending { trendingUpdated(timeframe: HOUR, minMentions: 1, first: 5) "
    "{ cursor snapshot { computedAt entries { rank mentionCount stock { symbol } } } } }"
)


@pytest.fixture
async def moving_url(plain_database_url: str, redis_url: str) -> AsyncIterator[str]:
    """Serve a market of three stocks that runs through the intake, a scorer and the background jobs."""
    settings = Settings.model_validate(
        {"database_url": plain_database_url, "redis_url": redis_url, "window_tick": 1, "trending_interval": 1}
    )
    market = LiveMarket(SYMBOLS)
    market.follow(frozenset(SYMBOLS), hour_of(datetime.now(UTC)))
    stop = asyncio.Event()
    app = create_app(settings)
    async with (
        open_database(settings) as database,
        open_redis(settings) as redis,
        live(app, app.drain, settings) as api,
    ):
        stocks = [StockRow(symbol, f"{symbol} Inc.", None, None, None, None, simulated=True) for symbol in SYMBOLS]
        await write_stocks(database, stocks)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(run_worker(settings, stop))
            tasks.create_task(run_jobs(settings, stop))
            tasks.create_task(Play(IntakeStream(redis, settings), market, Pace(0), CHECKPOINT).run(stop))
            yield api.url
            stop.set()


@pytest.mark.parametrize(
    ("document", "member", "shown"), [(QUOTES, '"price":', "NVDA"), (TRENDING, '"mentionCount":', "AAPL")]
)
async def test_what_is_followed_changes(
    watched: Watched, moving_url: str, document: str, member: str, shown: str
) -> None:
    """A subscription runs as soon as it is typed, and its result is replaced again and again; nothing complains."""
    page = watched.page
    await page.goto(f"{moving_url}/graphql")
    await _run(page, document)
    result = page.locator(".graphiql-response .view-lines")
    await expect(result).to_contain_text(member)
    await expect(result).to_contain_text(shown)
    for _ in range(3):
        before = await result.inner_text()
        await expect(result).not_to_have_text(before)
    assert "errors" not in await result.inner_text()
    await page.locator("button.graphiql-execute-button").click()  # now it is the button that stops
    assert watched.problems == []


async def test_a_refused_subscription_shows_why_and_nothing_else_fails(watched: Watched, moving_url: str) -> None:
    """The errors are its result; no promise is left that nobody waits for, which browsers report as a fault."""
    page = watched.page
    await page.goto(f"{moving_url}/graphql")
    await _run(page, 'subscription Quotes { quoteUpdated(symbols: ["NVDA"]) { nope } }')
    result = page.locator(".graphiql-response .view-lines")
    await expect(result).to_contain_text("VALIDATION_FAILED")
    assert watched.problems == []


async def _run(page: Page, document: str) -> None:
    editor = page.locator(".graphiql-query-editor .view-lines")
    await expect(editor).to_contain_text("FirstLook")
    await editor.click()
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text(document)
    await page.keyboard.press("Control+Enter")
