"""Every root field and every field of a stock, against the same numbers worked out in Python from the market."""

from collections import Counter
from datetime import datetime, timedelta
from math import sqrt
from statistics import mean, stdev

import pytest

from storage.post_records import PostRecord
from storage.terms import SCORER, Timeframe
from tests.flows.conftest import Api
from tests.flows.market import NOW, SECTORS, posts, stocks, symbol

BUSY = "S117"


def said(about: str, start: datetime, end: datetime) -> list[PostRecord]:
    """Return the posts about a symbol in [start, end)."""
    return [post for post in posts() if post.mentions[0].symbol == about and start <= post.posted_at < end]


def scores(found: list[PostRecord]) -> list[float]:
    """Return their scores in [-1, 1]."""
    return [post.mentions[0].score / 10_000 for post in found]


@pytest.mark.parametrize("timeframe", list(Timeframe))
async def test_sentiment_is_exact_over_its_window(api: Api, timeframe: Timeframe) -> None:
    """Count, mean, standard error, labels and sources equal brute force over the raw posts, to the second."""
    answer = await api.ask(
        """query ($symbol: String!, $timeframe: Timeframe!) { stock(symbol: $symbol) {
        sentiment(timeframe: $timeframe) { window { from to } mentionCount averageScore standardError
        positive neutral negative
        bySource { source mentionCount } model } } }""",
        symbol=BUSY,
        timeframe=timeframe.name,
    )
    summary = answer.data["stock"]["sentiment"]
    found = said(BUSY, NOW - timeframe.length, NOW)
    labels = Counter(post.mentions[0].label.name.lower() for post in found)
    assert summary["window"]["to"] == "2026-03-06T17:23:40Z"
    assert summary["mentionCount"] == len(found) > 1
    assert summary["averageScore"] == pytest.approx(mean(scores(found)), abs=1e-12)
    assert summary["standardError"] == pytest.approx(stdev(scores(found)) / sqrt(len(found)), abs=1e-12)
    assert {label: summary[label] for label in labels} == dict(labels)
    assert {row["source"]: row["mentionCount"] for row in summary["bySource"]} == Counter(
        post.source.name for post in found
    )
    assert summary["model"] == SCORER


async def test_a_silent_stock_has_a_summary_without_an_average(api: Api) -> None:
    """No mentions: zero, and null rather than a made-up mean."""
    answer = await api.ask("""{ stock(symbol: "S001") {
        sentiment { mentionCount averageScore standardError bySource { source } } } }""")
    assert answer.data["stock"]["sentiment"] == {
        "mentionCount": 0,
        "averageScore": None,
        "standardError": None,
        "bySource": [],
    }


async def test_a_quote_compares_with_the_previous_session(api: Api) -> None:
    """Newest close against the last close of the session day before, New York time."""
    answer = await api.ask('{ stock(symbol: "S001") { quote { price change changePercent volume at simulated } } }')
    # The newest bar is 16:00Z on March 6th, 11:00 in New York; that session day began at 05:00Z, eleven bars before.
    previous = 102.19 - 12 / 100
    assert answer.data["stock"]["quote"] == {
        "price": 102.19,
        "change": pytest.approx(0.12, abs=1e-9),
        "changePercent": pytest.approx(0.12 / previous * 100, abs=1e-9),
        "volume": 1_119,
        "at": "2026-03-06T16:00:00Z",
        "simulated": False,
    }


async def test_daily_candles_are_built_of_hourly_bars(api: Api) -> None:
    """A session day opens with its first bar, closes with its last, and sums its volume; the series says the same."""
    answer = await api.ask("""{ stock(symbol: "S000") {
        prices(bucket: DAY, last: 2) { nodes { time open high low close volume } }
        priceSeries(bucket: DAY) { time open high low close volume }
        finer: prices(bucket: MINUTE) { nodes { time } } } }""")
    stock = answer.data["stock"]
    full, today = stock["prices"]["nodes"]
    assert today["time"] == "2026-03-06T00:00:00Z"
    assert today["close"] == 101.19
    assert full["time"] == "2026-03-05T00:00:00Z"
    assert full["open"] == pytest.approx(100 + 84 / 100 - 0.005)
    assert full["close"] == pytest.approx(100 + 107 / 100)
    assert full["high"] == pytest.approx(100 + 107 / 100 + 0.5)
    assert full["low"] == pytest.approx(100 + 84 / 100 - 0.5)
    assert full["volume"] == sum(1_000 + hour for hour in range(84, 108))
    series = stock["priceSeries"]
    assert series["time"][-2:] == [full["time"], today["time"]]
    assert {len(column) for column in series.values()} == {6}
    assert stock["finer"]["nodes"] == []


async def test_points_fill_their_gaps_on_request(api: Api) -> None:
    """Hourly points of a range: the ones with posts, or all hours of it; counts equal brute force."""
    start, end = NOW.replace(hour=2, minute=0, second=0), NOW.replace(hour=12, minute=0, second=0)
    answer = await api.ask(
        """query ($during: TimeRange!) { stock(symbol: "S024") {
        some: sentimentPoints(during: $during) { nodes { time mentionCount averageScore } totalCount }
        all: sentimentPoints(during: $during, fillGaps: true) {
            nodes { time mentionCount averageScore } totalCount } } }""",
        during={"from": start.isoformat(), "to": end.isoformat()},
    )
    some, every = answer.data["stock"]["some"], answer.data["stock"]["all"]
    hours = Counter(post.posted_at.replace(minute=0, second=0) for post in said("S024", start, end))
    assert {datetime.fromisoformat(node["time"]): node["mentionCount"] for node in some["nodes"]} == dict(hours)
    assert [node["mentionCount"] for node in every["nodes"]] == [
        hours[start + timedelta(hours=hour)] for hour in range(10)
    ]
    assert [node for node in every["nodes"] if node["mentionCount"]] == some["nodes"]
    assert (some["totalCount"], every["totalCount"]) == (len(hours), 10)


async def test_points_of_several_stocks_come_by_time_and_symbol(api: Api) -> None:
    """One ordered list across stocks, page after page."""
    query = """query ($after: String) { sentimentPoints(symbols: ["S117", "S024", "s003"], first: 9, after: $after) {
        nodes { time symbol stock { symbol } } pageInfo { hasNextPage endCursor } totalCount } }"""
    walked: list[tuple[str, str]] = []
    after, total = None, None
    while True:
        page = (await api.ask(query, after=after)).data["sentimentPoints"]
        total = page["totalCount"]
        walked += [(node["time"], node["symbol"]) for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    hours = {
        (post.posted_at.strftime("%Y-%m-%dT%H:00:00Z"), post.mentions[0].symbol)
        for post in posts()
        if post.mentions[0].symbol in {"S117", "S024", "S003"}
    }
    assert walked == sorted(hours)
    assert total == len(hours)


async def test_mentions_filter_by_everything_at_once(api: Api) -> None:
    """Symbols, sources, labels, words, range and engagement all narrow; the count agrees."""
    during = {"from": (NOW - timedelta(days=5)).isoformat(), "to": NOW.isoformat()}
    symbols = ["S117", "S111", "S024"]
    chosen = {
        "symbols": symbols,
        "sources": ["X", "NEWS"],
        "labels": ["POSITIVE"],
        "text": "great earnings",
        "during": during,
        "minEngagement": 20,
    }
    answer = await api.ask(
        "query ($filter: MentionFilter!) { mentions(filter: $filter, first: 100) { totalCount nodes { text score } } }",
        filter=chosen,
    )
    expected = sorted(
        post.text
        for about in symbols
        for post in said(about, NOW - timedelta(days=5), NOW)
        if post.source.name in {"X", "NEWS"}
        and post.mentions[0].label.name == "POSITIVE"
        and "great" in post.text
        and (post.engagement or 0) >= 20
    )
    assert sorted(node["text"] for node in answer.data["mentions"]["nodes"]) == expected
    assert answer.data["mentions"]["totalCount"] == len(expected) > 0


async def test_sectors_sum_their_stocks(api: Api) -> None:
    """Each sector's count is the sum over its stocks; stocks without a sector are nobody's."""
    answer = await api.ask("{ sectors(timeframe: WEEK) { sector stockCount mentionCount } }")
    sector_of = {row.symbol: row.sector for row in stocks()}
    recent = [post.mentions[0].symbol for post in posts() if NOW - timedelta(days=7) <= post.posted_at < NOW]
    counts = Counter(sector for about in recent if (sector := sector_of[about]) is not None)
    assert {row["sector"]: row["mentionCount"] for row in answer.data["sectors"]} == dict(counts)
    assert set(counts) == {sector for sector in SECTORS if sector is not None}


async def test_trending_counts_are_exact_and_ranked(api: Api) -> None:
    """Mentions, the window before, growth and order equal brute force; a stock below the minimum is absent."""
    answer = await api.ask("""{ trending(timeframe: DAY, minMentions: 3, first: 100) { window { from to } entries {
        rank mentionCount previousMentionCount growth zScore averageScore sentimentRank stock { symbol } } } }""")
    snapshot = answer.data["trending"]
    end = datetime.fromisoformat(snapshot["window"]["to"])
    day = timedelta(days=1)
    for entry in snapshot["entries"]:
        about = entry["stock"]["symbol"]
        now, before = said(about, end - day, end), said(about, end - 2 * day, end - day)
        assert (entry["mentionCount"], entry["previousMentionCount"]) == (len(now), len(before))
        assert entry["growth"] == pytest.approx(len(now) / len(before) - 1)
        assert entry["averageScore"] == pytest.approx(mean(scores(now)))
    counts = [entry["mentionCount"] for entry in snapshot["entries"]]
    assert counts == sorted(counts, reverse=True)
    assert min(counts) >= 3
    assert len(counts) == sum(len(said(symbol(number), end - day, end)) >= 3 for number in range(0, 120, 3))
