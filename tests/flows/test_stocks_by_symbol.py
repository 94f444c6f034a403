"""A batch of symbols: each stock or its error in its own place; and when a stock's data was last new."""

from datetime import timedelta
from typing import Any

import pytest

from loaders.stock_by_symbol import StockBySymbol
from ops.errors import Unavailable
from tests.flows.conftest import Api
from tests.flows.market import HOURS, NOW, posts

BATCH = "query ($symbols: [String!]!) { stocksBySymbol(symbols: $symbols) { symbol name } }"
DETAILS = """query ($symbols: [String!]!) { stocksBySymbol(symbols: $symbols) {
    symbol updatedAt quote { price at }
    sentiment(timeframe: DAY) { mentionCount bySource { source mentionCount } }
    mentions(first: 1) { nodes { postedAt text } } } }"""


async def test_each_symbol_has_its_place(api: Api) -> None:
    """The order asked, repetitions and any spelling are kept; an unknown one is null with its error at its place."""
    answer = await api.ask(BATCH, symbols=["s003", "NONE", "BRK-B", "S001", "S003", "not a symbol at all"])
    found: Any = answer.outcome.data
    names = [stock and stock["symbol"] for stock in found["stocksBySymbol"]]
    assert names == ["S003", None, "BRK.B", "S001", "S003", None]
    assert [(error["path"], error["extensions"]) for error in answer.outcome.errors] == [
        (["stocksBySymbol", 1], {"code": "UNKNOWN_SYMBOL", "symbols": ["NONE"]}),
        (["stocksBySymbol", 5], {"code": "UNKNOWN_SYMBOL", "symbols": ["not a symbol at all"]}),
    ]
    assert answer.outcome.errors[0]["message"] == "No such stock: 'NONE'."
    assert len(answer.sql) == 1


async def test_nothing_asked_is_nothing_answered(api: Api) -> None:
    """An empty list is no error and costs no statement."""
    answer = await api.ask(BATCH, symbols=[])
    assert answer.data == {"stocksBySymbol": []}
    assert answer.sql == []


async def test_a_batch_is_bounded(api: Api) -> None:
    """250 symbols are one statement; one more is refused before anything runs, and the error names the bound."""
    answer = await api.ask(BATCH, symbols=["S001"] * 250)
    assert len(answer.data["stocksBySymbol"]) == 250
    assert len(answer.sql) == 1
    refused = await api.refused(BATCH, symbols=["S001"] * 251)
    assert refused["code"] == "BAD_ARGUMENT"
    assert refused["argument"] == "symbols"


async def test_a_source_that_is_away_is_one_error(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The field is null once, not each of its places."""

    async def away(self: StockBySymbol, segment: tuple[()], params: list[str]) -> None:
        raise Unavailable("down")

    monkeypatch.setattr(StockBySymbol, "fetch", away)
    answer = await api.ask(BATCH, symbols=["S001", "S003"])
    assert answer.error["path"] == ["stocksBySymbol"]
    assert answer.error["code"] == "UNAVAILABLE"


async def test_one_document_tells_all_of_a_watchlist(api: Api) -> None:
    """Stock, quote, mood by source, mentions, and when the newest of it happened: one statement more for the latter."""
    answer = await api.ask(DETAILS, symbols=["S003", "S001", "S117", "BRK.B"])
    by_symbol = {stock["symbol"]: stock for stock in answer.data["stocksBySymbol"]}
    newest_bar = (NOW.replace(minute=0, second=0) - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert HOURS > 1
    assert by_symbol["S001"]["updatedAt"] == by_symbol["S001"]["quote"]["at"] == newest_bar
    newest = max(post.posted_at for post in posts() if post.mentions[0].symbol == "S003")
    assert by_symbol["S003"]["updatedAt"] == newest.isoformat().replace("+00:00", "Z") > newest_bar
    assert by_symbol["S003"]["mentions"]["nodes"][0]["postedAt"] == by_symbol["S003"]["updatedAt"]
    assert by_symbol["BRK.B"]["updatedAt"] is by_symbol["BRK.B"]["quote"] is None
    assert len(answer.sql) <= 5
