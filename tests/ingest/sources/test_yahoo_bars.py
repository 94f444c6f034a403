"""Bars from Yahoo: filled back, kept up, narrowed, and never invented."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage.database import Database
from storage.terms import Feed
from tests.ingest.sources.conftest import NOW, Bench
from tests.ingest.sources.web import Reply, Request, Web, json_reply

CHART = "/v8/finance/chart/AAPL"


def chart(times: list[int], closes: list[float | None], **meta: Any) -> dict[str, Any]:
    """A chart whose bars are flat but for a high one above, volume 10."""
    column = [close and close + 1 for close in closes]
    quote = {"open": closes, "high": column, "low": closes, "close": closes, "volume": [10 for _ in closes]}
    result = {"meta": {"currency": "USD", **meta}, "timestamp": times, "indicators": {"quote": [quote]}}
    return {"chart": {"result": [result], "error": None}}


EMPTY = {"chart": {"result": [{"meta": {"currency": "USD"}, "indicators": {"quote": [{}]}}], "error": None}}


def refusal(code: str, description: str, status: int) -> Reply:
    """A body without a result."""
    return json_reply({"chart": {"result": None, "error": {"code": code, "description": description}}}, status)


def at(hour: int, minute: int = 0, day: int = 1) -> int:
    """Seconds since 1970 of a time in June 2026."""
    return int(datetime(2026, 6, day, hour, minute, tzinfo=UTC).timestamp())


@pytest.fixture
def bench_database(listed: Database) -> Database:
    """A database with a few listed stocks."""
    return listed


@pytest.fixture
def bench(make_bench: Callable[..., Bench], web: Web) -> Bench:
    """Follows AAPL by the hour."""
    yahoo = {"symbols": ("AAPL",), "widths": ("1h",), "backfill_days": 2, "url": web.url, "cookie_url": web.url}
    return make_bench(yahoo=yahoo)


async def bars(bench: Bench) -> list[tuple[str, float, int]]:
    """Run a round; return what it put on the intake: hour and minute, close, volume."""
    (outcome,) = (await bench.run(Feed.YAHOO, "yahoo:bars")).values()
    assert outcome.problem is None
    found = [(f"{bar.time:%H:%M}", bar.close, bar.volume) for bar in await bench.items()]
    await bench.forget_items()
    return found


async def test_the_first_round_fills_back_and_the_next_brings_what_is_new(bench: Bench, web: Web) -> None:
    """Nulls are skipped, a live reading between two starts is no bar, and a bar that has grown comes again."""
    web.routes[CHART] = json_reply(chart([at(9, 30), at(10, 30), at(11, 30), at(11, 59) + 7], [100, None, 102, 103]))
    assert await bars(bench) == [("09:30", 100, 10), ("11:30", 102, 10)]
    first = web.asked(CHART)[0].query
    assert int(first["period1"]) == int((NOW - timedelta(days=2)).timestamp())
    assert (int(first["period2"]), first["interval"]) == (int(NOW.timestamp()), "1h")
    assert await bars(bench) == []
    bench.clock.move(3_600)
    web.routes[CHART] = json_reply(chart([at(9, 30), at(10, 30), at(11, 30), at(12, 30)], [100, 101, 104, 105]))
    assert await bars(bench) == [("10:30", 101, 10), ("11:30", 104, 10), ("12:30", 105, 10)]
    assert int(web.asked(CHART)[-1].query["period1"]) == at(6, 30)


async def test_an_empty_window_moves_nothing_back(bench: Bench, web: Web) -> None:
    """HTTP 200 without bars, as on a holiday, is no error, and the next round asks from the same bar on."""
    web.routes[CHART] = json_reply(chart([at(11, 30)], [100]))
    await bars(bench)
    web.routes[CHART] = json_reply(EMPTY)
    for _ in range(3):
        assert await bars(bench) == []
    assert {request.query["period1"] for request in web.asked(CHART)[1:]} == {str(at(6, 30))}


async def test_an_unknown_symbol_is_left_alone_for_a_day(bench: Bench, web: Web) -> None:
    """404 is asked once a day, by whichever process."""
    web.routes[CHART] = refusal("Not Found", "No data found, symbol may be delisted", 404)
    assert await bars(bench) == []
    assert await bars(bench) == []
    assert len(web.asked(CHART)) == 1
    bench.clock.move(86_401)
    web.routes[CHART] = json_reply(chart([at(11, 30)], [100]))
    assert await bars(bench) == [("11:30", 100, 10)]


async def test_a_window_that_is_too_wide_is_narrowed(bench: Bench, web: Web) -> None:
    """422 halves the window; all of the span is still read, in order, without a gap."""
    asked: list[tuple[int, int]] = []

    def answer(request: Request) -> Reply:
        start, end = int(request.query["period1"]), int(request.query["period2"])
        if end - start > 86_400:
            return refusal("Unprocessable Entity", "Only 1 day worth of data is allowed", 422)
        asked.append((start, end))
        return json_reply(chart([start - start % 3_600 + 3_600], [100 + len(asked)]))

    web.routes[CHART] = answer
    assert [close for _, close, _ in await bars(bench)] == [101, 102]
    assert [asked[0][0], asked[-1][1]] == [int((NOW - timedelta(days=2)).timestamp()), int(NOW.timestamp())]
    assert all(one[1] == two[0] for one, two in itertools.pairwise(asked))


async def test_history_that_is_not_offered_is_not_asked_for_again(bench: Bench, web: Web) -> None:
    """Where the refusal says how far back it goes, reading starts there."""

    def answer(request: Request) -> Reply:
        if int(request.query["period1"]) < at(12) - 86_400:
            return refusal("Unprocessable Entity", "The requested range must be within the last 1 days.", 422)
        return json_reply(chart([at(11, 30)], [100]))

    web.routes[CHART] = answer
    assert await bars(bench) == [("11:30", 100, 10)]


@pytest.mark.parametrize(
    "reply",
    [
        json_reply(chart([at(10), at(11)], [100])),
        json_reply(chart([at(10)], [100], currency="GBp")),
        json_reply({"finance": {}}),
        refusal("Unprocessable Entity", "never enough", 422),
        json_reply({"chart": {"result": [], "error": None}}),
    ],
    ids=["columns", "currency", "shape", "422", "no-result"],
)
async def test_an_odd_answer_about_one_symbol_leaves_the_others(
    make_bench: Callable[..., Bench], web: Web, reply: Reply
) -> None:
    """What is odd is told, nothing of it is stored, and the next symbol is still read."""
    yahoo = {"symbols": ("AAPL", "MSFT"), "widths": ("1h",), "url": web.url, "cookie_url": web.url}
    bench = make_bench(yahoo=yahoo)
    web.routes = {CHART: reply, "/v8/finance/chart/MSFT": json_reply(chart([at(11)], [50]))}
    (outcome,) = (await bench.run(Feed.YAHOO, "yahoo:bars")).values()
    assert outcome.problem == "Malformed: 1 of 2 symbols, AAPL first"
    assert [(bar.symbol, bar.close) for bar in await bench.items()] == [("MSFT", 50)]


async def test_days_are_named_by_the_session_and_prices_that_are_none_are_left_out(
    make_bench: Callable[..., Bench], web: Web
) -> None:
    """A day starts at 00:00 UTC of the exchange's date; the live reading of the same day replaces its bar."""
    yahoo = {"symbols": ("AAPL",), "widths": ("1d",), "url": web.url, "cookie_url": web.url}
    bench = make_bench(yahoo=yahoo)
    late = at(1, 30)  # the evening of the day before, in New York
    body = chart([late - 86_400, late, late + 7, at(11)], [-1, 100, 101, 0], gmtoffset=-14_400)
    body["chart"]["result"][0]["indicators"]["quote"][0]["high"] = [1, 99.99, 102, 0]
    web.routes[CHART] = json_reply(body)
    await bench.run(Feed.YAHOO, "yahoo:bars")
    (bar,) = await bench.items()
    assert (bar.time, bar.close, bar.high) == (datetime(2026, 5, 31, tzinfo=UTC), 101, 102)
