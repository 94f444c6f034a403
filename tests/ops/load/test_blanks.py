"""Blanks: what they are filled with is what the server has, and the same in every run."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from ops.load.blanks import Blanks, Stock, stocks_in
from ops.load.mix import Request

NOW = datetime(2026, 5, 4, 12, 30, 15, 999, tzinfo=UTC)
STOCKS = [Stock(f"S{number}", f"id-{number}") for number in range(30)]


def test_values_are_of_the_server_s_stocks() -> None:
    """Symbols, ids, and beginnings of symbols, wherever they stand; other texts are left alone."""
    blanks = Blanks(STOCKS, NOW)
    filled = blanks.filled({"symbol": "{symbol}", "deep": [{"id": "{id}"}, "{text}", "plain", 3]})
    assert filled["symbol"] in {stock.symbol for stock in STOCKS}
    assert filled["deep"][0]["id"] in {stock.id for stock in STOCKS}
    assert any(stock.symbol.startswith(filled["deep"][1]) for stock in STOCKS)
    assert filled["deep"][1]
    assert filled["deep"][2:] == ["plain", 3]


def test_several_are_distinct_and_as_many_as_there_are() -> None:
    """A list never names a stock twice, however few there are."""
    blanks = Blanks(STOCKS, NOW)
    for _ in range(50):
        symbols = blanks.filled({"symbols": "{symbols:20}"})["symbols"]
        assert len(set(symbols)) == len(symbols) == 20
    assert set(blanks.filled({"ids": "{ids:100}"})["ids"]) == {stock.id for stock in STOCKS}


def test_instants_are_whole_seconds_before_one_now() -> None:
    """The window that many look at is one window."""
    filled = Blanks(STOCKS, NOW).filled({"to": "{now}", "from": "{now-30d}", "later": "{now-90s}"})
    assert filled == {"to": "2026-05-04T12:30:15Z", "from": "2026-04-04T12:30:15Z", "later": "2026-05-04T12:28:45Z"}


def test_the_first_stocks_are_asked_for_more_often_and_alike_in_each_run() -> None:
    """Interest falls with rank; two runs on the same data ask the same."""
    drawn = [[Blanks.filled(blanks, {"s": "{symbol}"})["s"] for _ in range(2_000)] for blanks in _two()]
    assert drawn[0] == drawn[1]
    counts = Counter(drawn[0])
    assert counts["S0"] > counts["S5"] > counts["S29"] > 0


def test_paths_are_quoted() -> None:
    """A symbol with a slash stays one segment."""
    blanks = Blanks([Stock("BRK/B", "x")], NOW)
    request = Request("StockDetails", 1, "/api/v1/stocks/{symbol}/details", None, None)
    assert request.filled(blanks) == ("/api/v1/stocks/BRK%2FB/details", None)


def test_stocks_are_found_wherever_an_answer_has_them() -> None:
    """Each object with an id and a symbol, once."""
    node = {"id": "1", "symbol": "A", "name": "a"}
    answer = {"data": {"stocks": {"edges": [{"node": node}, {"node": node}, {"node": {"id": "2", "symbol": "B"}}]}}}
    assert stocks_in(answer) == {"A": Stock("A", "1"), "B": Stock("B", "2")}
    assert stocks_in({"data": {"stocks": None}}) == {}
    with pytest.raises(ValueError, match="no stocks"):
        Blanks([], NOW)


def _two() -> list[Blanks]:
    return [Blanks(STOCKS, NOW), Blanks(STOCKS, NOW)]
