"""Quotes from Yahoo, the crumb that they need, and the search for symbols that are not listed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from storage.database import Database
from storage.intake_items import CollectedStock
from storage.rows import StockRow
from storage.terms import Feed
from storage.write_stocks import write_stocks
from tests.ingest.sources.conftest import NOW, Bench
from tests.ingest.sources.web import Reply, Request, Web, json_reply

QUOTE, CRUMB, SEARCH = "/v7/finance/quote", "/v1/test/getcrumb", "/v1/finance/search"
INVALID = json_reply({"finance": {"error": {"code": "Unauthorized", "description": "Invalid Crumb"}}}, 401)


def row(symbol: str, price: Any = 100.0, **more: Any) -> dict[str, Any]:
    """A quote of a minute ago."""
    at = (NOW - timedelta(minutes=1)).timestamp()
    return {"symbol": symbol, "currency": "USD", "regularMarketPrice": price, "regularMarketTime": at, **more}


def quotes(*rows: Any) -> Reply:
    """The answer with these rows."""
    return json_reply({"quoteResponse": {"result": list(rows), "error": None}})


@pytest.fixture
def bench_database(listed: Database) -> Database:
    """A database with a few listed stocks."""
    return listed


@pytest.fixture
def bench(make_bench: Callable[..., Bench], web: Web) -> Bench:
    """Follows two stocks; cookie and crumb are given out."""
    web.routes = {"/": Reply(404, headers={"set-cookie": "A3=cookie; Path=/"}), CRUMB: Reply(body=b"crumb.1")}
    return make_bench(yahoo={"symbols": ("AAPL", "brk-b"), "url": web.url, "cookie_url": web.url})


async def run(bench: Bench, name: str = "yahoo:quotes") -> str | None:
    """Run a poll; return its problem."""
    (outcome,) = (await bench.run(Feed.YAHOO, name)).values()
    return outcome.problem


async def test_quotes_come_with_cookie_and_crumb_and_only_when_they_moved(bench: Bench, web: Web) -> None:
    """BRK-B is BRK.B; a quote that did not move is not published again, and one bad row spoils no other."""
    web.routes[QUOTE] = quotes(
        row("BRK-B", 400, regularMarketPreviousClose=399.5, regularMarketVolume=7, marketCap=9e11), row("AAPL", "dear")
    )
    assert await run(bench) is None
    (quote,) = await bench.items()
    assert (quote.symbol, quote.price, quote.previous_close) == ("BRK.B", 400, 399.5)
    assert (quote.volume, quote.market_cap) == (7, 900_000_000_000)
    asked = web.asked(QUOTE)[0]
    assert (asked.query["symbols"], asked.query["crumb"], asked.headers["cookie"]) == (
        "AAPL,BRK-B",
        "crumb.1",
        "A3=cookie",
    )
    await bench.forget_items()
    web.routes[QUOTE] = quotes(row("BRK-B", 400, regularMarketVolume=7), row("AAPL", 200))
    assert await run(bench) is None
    assert [(each.symbol, each.price) for each in await bench.items()] == [("AAPL", 200)]


async def test_a_crumb_that_is_not_taken_is_renewed_once(bench: Bench, web: Web) -> None:
    """A new crumb that works ends it; one that does not is a refusal, after two tries."""

    def answer(request: Request) -> Reply:
        return quotes(row("AAPL")) if request.query["crumb"] == "crumb.2" else INVALID

    web.routes |= {QUOTE: answer, CRUMB: [Reply(body=b"crumb.1"), Reply(body=b"crumb.2")]}
    assert await run(bench) is None
    assert len(await bench.items()) == 1
    web.routes[QUOTE] = INVALID
    asked = len(web.asked(QUOTE))
    assert await run(bench) == "Refused: HTTP 401: not even a new crumb is taken"
    assert len(web.asked(QUOTE)) == asked + 2


@pytest.mark.parametrize("body", [b"Too Many Requests\r\n", b"Edge: Too Many Requests"])
async def test_a_sentence_is_no_crumb(bench: Bench, web: Web, body: bytes) -> None:
    """It is a refusal in disguise: everything waits, twice as long each time, and no quote is asked for."""
    web.routes[CRUMB] = Reply(200, body)
    outcome = (await bench.run(Feed.YAHOO, "yahoo:quotes"))["yahoo:quotes"]
    assert (outcome.problem, outcome.pause) == ("RateLimited: too many requests", 30.0)
    assert web.asked(QUOTE) == []


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"error": 1}', b"x" * 65, b"caf\xe9"])
async def test_what_cannot_be_a_crumb_is_refused(bench: Bench, web: Web, body: bytes) -> None:
    """A page or a JSON body never travels as a crumb."""
    web.routes[CRUMB] = Reply(200, body)
    assert await run(bench) == "Refused: HTTP 200: no crumb was given out"


@pytest.mark.parametrize(
    "bad",
    [
        row("AAPL", None),
        row("AAPL", 0),
        row("AAPL", 1, currency="EUR"),
        row("MSFT", 1),
        row("no symbol", 1),
        {"symbol": "AAPL"},
        row("AAPL", 1, regularMarketTime=NOW.timestamp() + 90_000),
    ],
)
async def test_what_is_no_price_of_a_followed_stock_is_left_out(bench: Bench, web: Web, bad: Any) -> None:
    """No price, not in dollars, not asked for, or from the day after tomorrow."""
    web.routes[QUOTE] = quotes(bad)
    assert await run(bench) is None
    assert await bench.items() == []


async def test_a_price_from_a_clock_ahead_is_as_of_now(bench: Bench, web: Web) -> None:
    """Clocks differ by minutes: nothing on the intake lies in the future."""
    web.routes[QUOTE] = quotes(row("AAPL", 1, regularMarketTime=NOW.timestamp() + 100))
    assert await run(bench) is None
    assert [quote.at for quote in await bench.items()] == [NOW]


async def test_a_symbol_that_is_not_listed_is_searched_for(make_bench: Callable[..., Bench], web: Web) -> None:
    """Its own hit makes a stock; a near miss does not, and is not asked for again today."""
    hits = [{"symbol": "ACMEX", "longname": "Wrong"}, {"index": "x", "name": "private"}]
    acme = {"symbol": "ACME", "longname": " Acme\n Corp ", "exchDisp": "NASDAQ", "sector": "Technology"}
    found = {"ACME": [*hits, acme], "NONE": hits}
    web.routes[SEARCH] = lambda request: json_reply({"quotes": found[request.query["q"]]})
    bench = make_bench(yahoo={"symbols": ("AAPL", "ACME", "NONE"), "url": web.url, "cookie_url": web.url})
    assert await run(bench, "yahoo:stocks") is None
    assert await bench.items() == [CollectedStock("ACME", "Acme Corp", "NASDAQ", "Technology")]
    assert await run(bench, "yahoo:stocks") is None
    assert [request.query["q"] for request in web.asked(SEARCH)] == ["ACME", "NONE"]


async def test_simulated_and_missing_stocks_are_not_followed(make_bench: Callable[..., Bench], web: Web) -> None:
    """Prices that no table would take are not asked for; with `listed`, every real stock is."""
    bench = make_bench(yahoo={"symbols": ("DEMO", "GONE"), "listed": True, "url": web.url, "cookie_url": web.url})
    demo = StockRow("DEMO", "Demo", None, None, None, None, simulated=True)
    await write_stocks(bench.around.database, [demo])
    web.routes = {"/": Reply(404), CRUMB: Reply(body=b"c"), QUOTE: quotes()}
    assert await run(bench) is None
    assert web.asked(QUOTE)[0].query["symbols"] == "AAPL,AMD,BRK-B,F,MSFT,NVDA,TSLA"
