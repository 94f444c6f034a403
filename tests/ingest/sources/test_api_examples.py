"""The recorded bodies and headers of the real APIs, played by a server on a real socket."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.sources.polling import Outcome
from storage.database import Database
from storage.intake_items import CollectedStock
from storage.rows import StockRow
from storage.terms import Feed
from storage.write_stocks import write_stocks
from tests.ingest.sources.conftest import NOW, Bench
from tests.ingest.sources.subreddit import TOKEN
from tests.ingest.sources.web import Reply, Web

EXAMPLES = Path(__file__).resolve().parents[4] / "shared" / "api_examples"
pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason=f"needs the recorded answers in {EXAMPLES}")
CREDENTIALS = {"client_id": "id", "client_secret": "hidden", "user_agent": "tests", "communities": ("stocks",)}


def example(name: str, headers: str | None = None) -> Reply:
    """Play a recorded body with the status in its name, and recorded headers."""
    found = re.search(r"\d{3}", name)
    status = int(found[0]) if found else 200
    given = json.loads((EXAMPLES / f"{headers}.json").read_text()) if headers else {}
    kept = {key: value for key, value in given.items() if key != "content-length"}
    return Reply(status, (EXAMPLES / f"{name}.json").read_bytes(), {"content-type": "application/json", **kept})


@pytest.fixture
async def bench_database(listed: Database) -> Database:
    """A database that lists ACME, the stock of the recordings."""
    await write_stocks(listed, [StockRow("ACME", "Acme", None, None, None, None, simulated=False)])
    return listed


@pytest.fixture
def run(make_bench: Callable[..., Bench], web: Web, clock: Any) -> Callable[..., Any]:
    """Run a source's polls with routes added to those that always answer."""
    clock.now = datetime(2025, 11, 24, 18, tzinfo=UTC)
    urls = {"url": web.url}

    async def play(feed: Feed, name: str, **routes: Reply) -> tuple[Outcome, list[Any]]:
        bench = make_bench(
            yahoo={"symbols": ("ACME",), "widths": ("1h",), "backfill_days": 2, "cookie_url": web.url, **urls},
            reddit={**CREDENTIALS, "token_url": web.url, **urls},
            x={"bearer_token": "hidden", "query": "q", "pages": 1, **urls},
        )
        web.routes = {TOKEN: example("reddit_token_200"), "/": Reply(404), "/v1/test/getcrumb": Reply(200, b"c")}
        web.routes |= {path.replace("__", "/"): reply for path, reply in routes.items()}
        (outcome,) = (await bench.run(feed, name)).values()
        items = await bench.items()
        await bench.redis.flushdb()
        return outcome, items

    return play


async def test_yahoo(run: Callable[..., Any]) -> None:
    """Bars with nulls, quotes, and every way of saying no."""
    for name, problem, closes in (
        ("yahoo_chart_1h_200", None, [100.8, 101.25]),
        ("yahoo_chart_empty_200", None, []),
        ("yahoo_chart_404", None, []),
        ("yahoo_chart_422", "Malformed: 1 of 1 symbols, ACME first", []),
    ):
        outcome, items = await run(Feed.YAHOO, "yahoo:bars", __v8__finance__chart__ACME=example(name))
        assert (outcome.problem, [bar.close for bar in items]) == (problem, closes), name
    outcome, items = await run(Feed.YAHOO, "yahoo:quotes", __v7__finance__quote=example("yahoo_quote_200"))
    assert [(quote.symbol, quote.price, quote.market_cap) for quote in items] == [("ACME", 101.25, 101_250_000_000)]
    outcome, items = await run(Feed.YAHOO, "yahoo:quotes", __v7__finance__quote=example("yahoo_quote_unknown_200"))
    assert (outcome.problem, items) == (None, [])
    outcome, items = await run(Feed.YAHOO, "yahoo:quotes", __v7__finance__quote=example("yahoo_quote_401"))
    assert outcome.problem == "Refused: HTTP 401: not even a new crumb is taken"


async def test_yahoo_search(make_bench: Callable[..., Bench], web: Web) -> None:
    """The recorded near miss of a symbol that is not listed is no hit, and the hit's parts are those of a stock."""
    bench = make_bench(yahoo={"symbols": ("ACM",), "url": web.url, "cookie_url": web.url})
    found = example("yahoo_search_200")
    web.routes["/v1/finance/search"] = found
    await bench.run(Feed.YAHOO, "yahoo:stocks")
    assert await bench.items() == []
    bench = make_bench(yahoo={"symbols": ("ACM2",), "url": web.url, "cookie_url": web.url})
    web.routes["/v1/finance/search"] = Reply(200, found.body.replace(b'"ACME"', b'"ACM2"'), found.headers)
    await bench.run(Feed.YAHOO, "yahoo:stocks")
    assert await bench.items() == [
        CollectedStock("ACM2", "Acme Corporation", "NASDAQ", "Technology", "Consumer Electronics")
    ]


async def test_reddit(run: Callable[..., Any]) -> None:
    """A listing with its headers, closed communities, an empty 429, and credentials that are not taken."""
    for reply, problem, ids in (
        (example("reddit_new_200", "reddit_headers_200"), None, ["1tvsa59"]),
        (example("reddit_403_private"), None, []),
        (example("reddit_404_banned"), None, []),
        (
            Reply(429, b"", {"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "0"}),
            "RateLimited: too many requests",
            [],
        ),
    ):
        outcome, items = await run(Feed.REDDIT, "reddit:new", __r__stocks__new=reply)
        assert (outcome.problem, [post.external_id for post in items]) == (problem, ids)
    outcome, _ = await run(Feed.REDDIT, "reddit:new", **{TOKEN: example("reddit_token_401")})
    assert outcome.problem == "Refused: HTTP 401: the client id or secret is not taken"
    deleted = json.loads((EXAMPLES / "reddit_deleted_child.json").read_text())
    listing = {"kind": "Listing", "data": {"children": [deleted], "after": None}}
    outcome, items = await run(Feed.REDDIT, "reddit:new", __r__stocks__new=Reply(200, json.dumps(listing).encode()))
    assert (outcome.problem, items) == (None, [])


async def test_x(run: Callable[..., Any], clock: Any) -> None:
    """A page with its headers, an empty one, and the refusals."""
    clock.now = NOW.replace(year=2026, month=11, day=20, hour=15)
    for reply, problem, symbols in (
        (example("x_recent_200", "x_headers_200"), None, [("ACME",)]),
        (example("x_recent_empty_200"), None, []),
        (example("x_400"), "BadRequest: HTTP 400: The 'query' parameter is required.", []),
        (example("x_401"), "Refused: HTTP 401: Unauthorized", []),
        (Reply(429, example("x_429_rate").body), "RateLimited: too many requests", []),
        (Reply(429, example("x_429_usage_cap").body), "UsageCapped: the plan's posts of this period are used up", []),
    ):
        outcome, items = await run(Feed.X, "x:search", __2__tweets__search__recent=reply)
        assert (outcome.problem, [post.symbols for post in items]) == (problem, symbols)
