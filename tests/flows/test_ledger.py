"""The ledger says of each batch which fields asked it, for how many keys, and which statements it ran."""

from typing import Any

import pytest

from ops.settings import Executor
from tests.flows.conftest import Answer, Api
from tests.flows.test_statement_counts import WATCHLIST


def asked(answer: Answer) -> dict[str, Any]:
    """Return the paths that asked, by loader."""
    return {batch["loader"]: batch["fields"] for batch in answer.plan["batches"]}


@pytest.fixture
def market(request: pytest.FixtureRequest, plain_market_url: str) -> tuple[str, Executor]:
    """Plans, where a test does not say otherwise: fields are timed in plans only."""
    return plain_market_url, getattr(request, "param", "compiled")


async def test_a_watchlist_has_an_address_for_each_millisecond(api: Api) -> None:
    """Four fields, a batch and a statement each, inside one another on one time axis."""
    plan = (await api.ask(WATCHLIST, first=50)).plan
    fields = {field["path"]: field for field in plan["fields"]}
    assert [(path, field["coordinate"], field["parents"]) for path, field in fields.items()] == [
        ("stocks", "Query.stocks", 1),
        ("stocks.nodes.quote", "Stock.quote", 50),
        ("stocks.nodes.sentiment", "Stock.sentiment", 50),
        ("stocks.nodes.mentions", "Stock.mentions", 50),
    ]
    found = [(batch["loader"], batch["fields"], batch["keys"], batch["asked"]) for batch in plan["batches"]]
    assert found == [
        ("StockPageByFilter", ["stocks"], 1, 1),
        ("QuoteBySymbol", ["stocks.nodes.quote"], 50, 50),
        ("SentimentBySymbol", ["stocks.nodes.sentiment"], 50, 50),
        ("BriefMentionPageBySymbol", ["stocks.nodes.mentions"], 50, 50),
    ]
    for number, batch in enumerate(plan["batches"]):
        (field,) = batch["fields"]
        (statement,) = (plan["statements"][place] for place in batch["statements"])
        assert statement["batch"] == number
        assert within(statement, batch)
        assert within(batch, fields[field])
        assert within(batch, {"begin": 0, "milliseconds": plan["milliseconds"]})
    assert (plan["calls"], plan["remembered"]) == ([], [])


def within(inner: dict[str, Any], outer: dict[str, Any]) -> bool:
    """Tell whether one lies inside the other on the time axis, to the rounding."""
    ends = inner["begin"] + inner["milliseconds"], outer["begin"] + outer["milliseconds"]
    return bool(inner["begin"] >= outer["begin"] and ends[0] <= ends[1] + 0.002)


async def test_aliases_that_share_a_loader_share_its_batch(api: Api) -> None:
    """Each is a path of its own; two with equal arguments ask twice for the same keys."""
    answer = await api.ask("""{ stocks(first: 20) { nodes {
        hour: sentiment(timeframe: HOUR) { mentionCount }
        day: sentiment(timeframe: DAY) { mentionCount }
        again: sentiment(timeframe: DAY) { averageScore }
    } } }""")
    (batch,) = (one for one in answer.plan["batches"] if one["loader"] == "SentimentSumBySymbol")
    assert batch["fields"] == [f"stocks.nodes.{alias}" for alias in ("hour", "day", "again")]
    assert (batch["keys"], batch["asked"], batch["segments"], len(batch["statements"])) == (40, 60, 2, 2)


async def test_fragments_leave_no_trace_in_paths(api: Api) -> None:
    """Spread or written out, named or inline: the same path."""
    answer = await api.ask("""
        query { stocks(first: 5) { nodes { ...Price ... on Stock { mentions(first: 1) { nodes { ...Of } } } } } }
        fragment Price on Stock { quote { price } }
        fragment Of on Mention { stock { quote { price } } }
    """)
    told: dict[str, set[str]] = {}
    for note in answer.plan["batches"] + answer.plan["remembered"]:
        told.setdefault(note["loader"], set()).update(note["fields"])
    # The quotes of the second level are known by then, or join those under way: whichever statement ends first.
    assert told == {
        "StockPageByFilter": {"stocks"},
        "QuoteBySymbol": {"stocks.nodes.quote", "stocks.nodes.mentions.nodes.stock.quote"},
        "BriefMentionPageBySymbol": {"stocks.nodes.mentions"},
        "StockBySymbol": {"stocks.nodes.mentions.nodes.stock"},
    }
    assert [note["keys"] for note in answer.plan["remembered"] if note["loader"] == "StockBySymbol"] == [2]


async def test_nested_connections_have_their_whole_path(api: Api) -> None:
    """A count is asked by the connection's own field, below the field of the connection."""
    answer = await api.ask(
        "{ stocks(first: 3) { totalCount nodes { said: mentions(first: 2) { totalCount nodes { id } } } } }"
    )
    assert asked(answer) == {
        "StockPageByFilter": ["stocks"],
        "StockCountByFilter": ["stocks.totalCount"],
        "BriefMentionPageBySymbol": ["stocks.nodes.said"],
        "MentionCountBySymbol": ["stocks.nodes.said.totalCount"],
    }


async def test_root_fields_that_wait_side_by_side_are_told_apart(api: Api) -> None:
    """They ask after they awaited something, while others run: all that asked for stocks, and nobody else, is named."""
    answer = await api.ask("""{
        part: stocks(filter: {symbols: ["S001", "S002"]}, first: 1) { nodes { symbol } }
        series: sentimentPoints(symbols: ["S003"], first: 1) { nodes { mentionCount } }
        named: stocksBySymbol(symbols: ["S004"]) { symbol }
        one: stock(symbol: "S005") { symbol }
        feeds: freshness { feed }
    }""")
    found = [(batch["loader"], sorted(batch["fields"])) for batch in answer.plan["batches"]]
    assert sorted(path for loader, fields in found if loader == "StockBySymbol" for path in fields) == [
        *("named", "one", "part", "series")
    ]
    assert [fields for loader, fields in found if loader == "StockPageByFilter"] == [["part"]]
    assert [fields for loader, fields in found if loader == "PointPageBySymbols"] == [["series"]]
    assert [fields for loader, fields in found if loader == "FeedsByInstant"] == [["feeds"]]


async def test_two_fields_that_share_a_loader_are_both_named(api: Api) -> None:
    """A quote, and how old it is, are one question."""
    answer = await api.ask("{ stocks(first: 4) { nodes { quote { price } updatedAt } } }")
    (batch,) = (one for one in answer.plan["batches"] if one["loader"] == "QuoteBySymbol")
    assert sorted(batch["fields"]) == ["stocks.nodes.quote", "stocks.nodes.updatedAt"]
    assert (batch["keys"], batch["asked"]) == (4, 8)


async def test_a_loader_that_asks_another_names_the_field(api: Api) -> None:
    """A stock's trend is what the snapshot was read for."""
    answer = await api.ask("{ stocks(first: 3) { nodes { trend { rank } } } }")
    found = asked(answer)
    assert found["RankingBySelection"] == found["SnapshotByTimeframe"] == ["stocks.nodes.trend"]


@pytest.mark.parametrize("market", ["reference"], indirect=True)
async def test_without_a_plan_batches_name_no_field(api: Api) -> None:
    """graphql-core resolves object by object; all else is on record as ever."""
    plan = (await api.ask(WATCHLIST, first=5)).plan
    assert plan["fields"] == []
    assert [(batch["keys"], batch["fields"]) for batch in plan["batches"]] == [(1, []), (5, []), (5, []), (5, [])]
    assert [statement["batch"] for statement in plan["statements"]].count(0) == 1


async def test_a_statement_that_fails_is_shown(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its code, in its batch, under its field; the others stand."""
    monkeypatch.setattr("storage.prices.QUOTES", "SELECT pg_sleep(0), 1 / $1::text[]", raising=True)
    answer = await api.ask("{ stocks(first: 2) { nodes { symbol quote { price } } } }")
    assert len(answer.outcome.errors) == 2
    (batch,) = (one for one in answer.plan["batches"] if one["loader"] == "QuoteBySymbol")
    (statement,) = (answer.plan["statements"][place] for place in batch["statements"])
    assert (statement["rows"], statement["failure"], batch["fields"]) == (0, "INTERNAL", ["stocks.nodes.quote"])
