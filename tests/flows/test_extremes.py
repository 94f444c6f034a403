"""Questions at the edges of what may be asked: many at once, none at all, the ends of time, rows that fail."""

import asyncio
import gc
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ops.errors import Unavailable
from resolvers.opaque import seal
from storage import prices
from storage.deadline import Deadline
from storage.session import Session
from tests.flows.conftest import Api
from tests.flows.market import NOW

ALL_TIME = {"from": "1970-01-01T00:00:00Z", "to": "2199-12-31T23:59:59.999999Z"}


async def test_more_rankings_than_lanes_are_answered(api: Api) -> None:
    """Each selection waits for the one snapshot, and none keeps the snapshot from being read."""
    lists = " ".join(
        f"list{number}: trending(minMentions: {number + 1}) {{ entries {{ rank }} }}" for number in range(9)
    )
    entries = " ".join(f"own{number}: trend(minMentions: {number + 1}) {{ rank }}" for number in range(12))
    answer = await api.ask(f"{{ {lists} stocks(first: 100) {{ nodes {{ {entries} }} }} }}")
    assert len(answer.data["list0"]["entries"]) == 20
    assert answer.batches.count("SnapshotByTimeframe") == 1


async def test_no_entry_reaches_a_huge_minimum(api: Api) -> None:
    """The largest Int is a minimum like any other."""
    answer = await api.ask("""{ trending(minMentions: 2147483647) { entries { rank } }
        stock(symbol: "S117") { trend(minMentions: 2147483647) { rank } } }""")
    assert answer.data == {"trending": {"entries": []}, "stock": {"trend": None}}


async def test_empty_lists_match_nothing(api: Api) -> None:
    """An empty list is a condition that nothing meets, not the absence of one."""
    answer = await api.ask("""{ nodes(ids: []) { id } sentimentPoints(symbols: []) { totalCount nodes { time } }
        a: stocks(filter: {symbols: []}) { totalCount nodes { symbol } } b: stocks(filter: {sectors: []}) { totalCount }
        c: mentions(filter: {symbols: []}) { totalCount nodes { id } } d: mentions(filter: {labels: []}) { totalCount }
        stock(symbol: "S117") { mentions(filter: {sources: []}) { totalCount } } }""")
    assert answer.data == {
        "nodes": [],
        "sentimentPoints": {"totalCount": 0, "nodes": []},
        "a": {"totalCount": 0, "nodes": []},
        "b": {"totalCount": 0},
        "c": {"totalCount": 0, "nodes": []},
        "d": {"totalCount": 0},
        "stock": {"mentions": {"totalCount": 0}},
    }


async def test_spellings_of_one_symbol_count_once(api: Api) -> None:
    """A list that names a stock four ways names one stock."""
    answer = await api.ask("""{ stocks(filter: {symbols: ["s117", "S117", " s117 ", "brk-b", "BRK/B"]}) {
        totalCount nodes { symbol } }
        once: mentions(filter: {symbols: ["S117"]}) { totalCount }
        twice: mentions(filter: {symbols: ["s117", "S117"]}) { totalCount } }""")
    assert answer.data["stocks"] == {"totalCount": 2, "nodes": [{"symbol": "BRK.B"}, {"symbol": "S117"}]}
    assert answer.data["once"] == answer.data["twice"]


async def test_bad_ids_cost_their_own_place(api: Api) -> None:
    """Of four ids one is tampered with and one names what is gone; the others are found."""
    found = (await api.ask('{ stock(symbol: "S117") { id } mentions(first: 1) { nodes { id } } }')).data
    stock, mention = found["stock"]["id"], found["mentions"]["nodes"][0]["id"]
    key = api.settings.seal_key.get_secret_value().encode()
    gone = seal(key, "Mention", (NOW - timedelta(days=1), 2**62))
    tampered = mention[:-1] + ("A" if mention[-1] != "A" else "B")
    answer = await api.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[stock, tampered, gone, mention])
    assert answer.outcome.data == {"nodes": [{"id": stock}, None, None, {"id": mention}]}
    assert (answer.error["code"], answer.error["path"]) == ("BAD_ID", ["nodes", 1])


async def test_gaps_are_filled_to_the_ends_of_time(api: Api) -> None:
    """A range of 230 years in minutes is counted without being made, and each of its ends is a page."""
    answer = await api.ask(
        """query ($during: TimeRange!) { stock(symbol: "S117") {
        old: sentimentPoints(bucket: MINUTE, during: $during, fillGaps: true, first: 2) { totalCount nodes { time } }
        new: sentimentPoints(bucket: MINUTE, during: $during, fillGaps: true, last: 1000) { nodes { time } } } }""",
        during=ALL_TIME,
    )
    old, new = answer.data["stock"]["old"], answer.data["stock"]["new"]
    assert [node["time"] for node in old["nodes"]] == ["1970-01-01T00:00:00Z", "1970-01-01T00:01:00Z"]
    assert old["totalCount"] == (230 * 365 + 56) * 1_440  # 56 leap days: 2000 has one, 2100 has none
    assert len(new["nodes"]) == 1_000
    assert new["nodes"][-1]["time"] == "2199-12-31T23:59:00Z"


async def test_a_cursor_of_one_stock_is_a_place_in_anothers_candles(api: Api) -> None:
    """Candles are ordered by time, which all stocks share; `before` alone means a page that ends there."""
    first = await api.ask('{ stock(symbol: "S117") { prices(bucket: HOUR, first: 3) { pageInfo { endCursor } } } }')
    answer = await api.ask(
        """query ($cursor: String) { stock(symbol: "S001") {
        after: prices(bucket: HOUR, after: $cursor, first: 1) { nodes { time } }
        before: prices(bucket: HOUR, before: $cursor) {
            nodes { time } pageInfo { hasNextPage hasPreviousPage } } } }""",
        cursor=first.data["stock"]["prices"]["pageInfo"]["endCursor"],
    )
    assert answer.data["stock"] == {
        "after": {"nodes": [{"time": "2026-03-01T20:00:00Z"}]},
        "before": {
            "nodes": [{"time": "2026-03-01T17:00:00Z"}, {"time": "2026-03-01T18:00:00Z"}],
            "pageInfo": {"hasNextPage": True, "hasPreviousPage": False},
        },
    }


@pytest.mark.parametrize(
    ("first", "bucket", "words"), [(1, "HOUR", "at most 60 candles and"), (100, "HOUR", "100 stocks")]
)
async def test_a_series_with_too_many_candles_is_refused_not_cut(api: Api, first: int, bucket: str, words: str) -> None:
    """One stock may have so many; stocks of one page share ten times as many, so no page reads without end."""
    limits = api.settings.limits.model_copy(update={"series": 60})
    strict = replace(api, settings=api.settings.model_copy(update={"limits": limits}))
    query = """query ($first: Int, $bucket: BucketSize!) {
        stocks(last: $first) { nodes { priceSeries(bucket: $bucket) { time } } } }"""
    assert (await strict.ask(query, first=first, bucket="DAY")).outcome.errors == ()
    answer = await strict.ask(query, first=first, bucket=bucket)
    assert {error["extensions"]["code"] for error in answer.outcome.errors} == {"BAD_ARGUMENT"}
    assert len(answer.outcome.errors) == first
    assert all(words in error["message"] for error in answer.outcome.errors)


async def test_a_failing_row_fails_its_own_field(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """One stock's quote is an error at its path; its other fields and all other quotes stand."""
    quotes = prices.quotes

    async def one_fails(session: Session, symbols: Sequence[str]) -> dict[str, Any]:
        return {**await quotes(session, symbols), "S001": Unavailable("down")}

    monkeypatch.setattr(prices, "quotes", one_fails)
    answer = await api.ask("{ stocks(first: 4) { nodes { symbol quote { at } } } }")
    at = {"at": "2026-03-06T16:00:00Z"}
    assert isinstance(answer.outcome.data, dict)
    nodes = answer.outcome.data["stocks"]["nodes"]
    assert {node["symbol"]: node["quote"] for node in nodes} == {"BRK.B": None, "S000": at, "S001": None, "S002": at}
    assert (answer.error["code"], answer.error["path"]) == ("UNAVAILABLE", ["stocks", "nodes", 2, "quote"])


async def test_a_statement_that_runs_out_of_time_fails_its_fields_only(api: Api) -> None:
    """A locked table costs the fields that need it; nothing is left behind for asyncio to complain of."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, about: complaints.append(about))
    hurried = replace(api, seconds=0.7)
    async with Session(api.database, Deadline.after(10)).transaction() as locking:
        await locking.execute("lock", "LOCK TABLE stock_mentions IN ACCESS EXCLUSIVE MODE")
        answer = await hurried.ask("{ stocks(first: 3) { nodes { symbol quote { at } mentions { totalCount } } } }")
    assert isinstance(answer.outcome.data, dict)
    nodes = answer.outcome.data["stocks"]["nodes"]
    assert [node["mentions"] for node in nodes] == [None] * 3
    assert nodes[1] == {"symbol": "S000", "quote": {"at": "2026-03-06T16:00:00Z"}, "mentions": None}
    assert {error["extensions"]["code"] for error in answer.outcome.errors} == {"DEADLINE_EXCEEDED"}
    gc.collect()
    assert complaints == []
