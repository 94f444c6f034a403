"""Connections as clients walk them: forwards, backwards, with another page size, with somebody else's cursor."""

from typing import Any

import pytest

from tests.flows.conftest import Api
from tests.flows.market import STOCKS, stocks, symbol

PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
STOCK_PAGE = f"""
query ($first: Int, $after: String, $last: Int, $before: String, $order: StockOrder!) {{
  stocks(first: $first, after: $after, last: $last, before: $before, orderBy: $order) {{
    edges {{ cursor node {{ symbol }} }} {PAGE}
  }}
}}
"""
ORDERS = [(field, direction) for field in ("SYMBOL", "NAME", "MARKET_CAP") for direction in ("ASC", "DESC")]


def expected(field: str, direction: str) -> list[str]:
    """Sort the market's stocks in Python: nulls last in both directions, symbols break ties the same way."""
    rows = stocks()
    down = direction == "DESC"
    if field == "SYMBOL":
        return [row.symbol for row in sorted(rows, key=lambda row: row.symbol, reverse=down)]
    if field == "NAME":
        return [row.symbol for row in sorted(rows, key=lambda row: (row.name.lower(), row.symbol), reverse=down)]
    valued = [row for row in rows if row.market_cap is not None]
    null = [row for row in rows if row.market_cap is None]
    ordered = sorted(valued, key=lambda row: (row.market_cap, row.symbol), reverse=down)
    return [row.symbol for row in [*ordered, *sorted(null, key=lambda row: row.symbol, reverse=down)]]


@pytest.mark.parametrize(("field", "direction"), ORDERS)
async def test_walking_forwards_and_backwards_meets_every_stock_once(api: Api, field: str, direction: str) -> None:
    """Both walks give the whole list in the one order, with nulls last, whatever the page size."""
    order = {"field": field, "direction": direction}
    forwards: list[str] = []
    arguments: dict[str, Any] = {"first": 7}
    while True:
        page = (await api.ask(STOCK_PAGE, order=order, **arguments)).data["stocks"]
        forwards += [edge["node"]["symbol"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        arguments = {"first": 50 if len(forwards) > 30 else 7, "after": page["pageInfo"]["endCursor"]}
    backwards: list[str] = []
    arguments = {"last": 50}
    while True:
        page = (await api.ask(STOCK_PAGE, order=order, **arguments)).data["stocks"]
        backwards = [edge["node"]["symbol"] for edge in page["edges"]] + backwards
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        arguments = {"last": 50, "before": page["pageInfo"]["startCursor"]}
    assert forwards == expected(field, direction)
    assert backwards == forwards


async def test_candles_ascend_and_last_means_newest(api: Api) -> None:
    """`last: 3` is the newest three, oldest first; the page before ends where this one begins."""
    query = f"""query ($before: String) {{ stock(symbol: "s001") {{
        prices(bucket: HOUR, last: 3, before: $before) {{ nodes {{ time close }} {PAGE} totalCount }} }} }}"""
    newest = (await api.ask(query)).data["stock"]["prices"]
    assert [node["close"] for node in newest["nodes"]] == [102.17, 102.18, 102.19]
    assert newest["nodes"][-1]["time"] == "2026-03-06T16:00:00Z"
    assert newest["totalCount"] == 120
    older = (await api.ask(query, before=newest["pageInfo"]["startCursor"])).data["stock"]["prices"]
    assert [node["close"] for node in older["nodes"]] == [102.14, 102.15, 102.16]


async def test_mentions_descend(api: Api) -> None:
    """Newest mentions come first, and `after` goes on to older ones."""
    query = f"""query ($after: String) {{ mentions(first: 40, after: $after) {{ nodes {{ postedAt }} {PAGE} }} }}"""
    first = (await api.ask(query)).data["mentions"]
    second = (await api.ask(query, after=first["pageInfo"]["endCursor"])).data["mentions"]
    times = [node["postedAt"] for page in (first, second) for node in page["nodes"]]
    assert len(times) == 80
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    ("arguments", "named", "bounds"),
    [
        ("first: -1", "first", "from 1 to 100; it was -1"),
        ("first: 0", "first", "from 1 to 100; it was 0"),
        ("last: 101", "last", "from 1 to 100; it was 101"),
        ("first: 5, last: 5", "first", "`first` and `last` exclude each other"),
        ('first: 5, before: "x"', "first", "`first` and `before` exclude each other"),
        ('last: 5, after: "x"', "last", "`last` and `after` exclude each other"),
        ('after: "x", before: "x"', "after", "`after` and `before` exclude each other"),
    ],
)
async def test_odd_paging_is_refused(api: Api, arguments: str, named: str, bounds: str) -> None:
    """The error names the argument and what would be right, and costs no SQL."""
    answer = await api.ask(f"{{ stocks({arguments}) {{ nodes {{ symbol }} }} }}")
    assert answer.outcome.data == {"stocks": None}
    assert answer.error["code"] == "BAD_ARGUMENT"
    assert answer.error["argument"] == named
    assert bounds in answer.error["message"]
    assert answer.sql == []


async def test_a_cursor_of_another_ordering_is_refused(api: Api) -> None:
    """A cursor by symbol means nothing among names; junk means nothing anywhere."""
    order = {"field": "SYMBOL", "direction": "ASC"}
    cursor = (await api.ask(STOCK_PAGE, order=order, first=1)).data["stocks"]["pageInfo"]["endCursor"]
    for wrong, given in (({"field": "NAME", "direction": "ASC"}, cursor), (order, cursor[:-1]), (order, "")):
        answer = await api.ask(STOCK_PAGE, order=wrong, first=1, after=given)
        assert (answer.error["code"], answer.error["argument"]) == ("BAD_CURSOR", "after")
        assert answer.sql == []


async def test_an_empty_page_has_no_cursors(api: Api) -> None:
    """No candles: no edges, no neighbours, null cursors."""
    query = f'{{ stock(symbol: "BRK/B") {{ symbol prices {{ edges {{ cursor }} {PAGE} totalCount }} }} }}'
    stock = (await api.ask(query)).data["stock"]
    assert stock["symbol"] == "BRK.B"
    info = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert stock["prices"] == {"edges": [], "pageInfo": info, "totalCount": 0}


async def test_neither_size_given_is_a_default_page(api: Api) -> None:
    """Twenty of most things."""
    answer = await api.ask("{ stocks { nodes { symbol } } }")
    assert [node["symbol"] for node in answer.data["stocks"]["nodes"]] == ["BRK.B", *map(symbol, range(19))]
    assert STOCKS > 20
