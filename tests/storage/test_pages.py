"""Keyset pages: complete, without repeats, in order, both ways, and stable while rows are inserted."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import mentions, stocks
from storage.database import Database
from storage.deadline import Deadline
from storage.mentions import MentionFilter
from storage.paging import Page, PageRequest
from storage.rows import MentionRow, StockRow, Window
from storage.session import Session
from storage.stocks import StockFilter
from storage.terms import Direction, SentimentLabel, Source, StockOrderField
from storage.text import ascii_lower
from storage.write_posts import MentionRecord, PostRecord, write_posts
from storage.write_stocks import write_stocks

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
POSITIONS: dict[StockOrderField, Callable[[StockRow], tuple[str | int | None, ...]]] = {
    StockOrderField.SYMBOL: lambda row: (row.symbol,),
    StockOrderField.NAME: lambda row: (ascii_lower(row.name), row.symbol),
    StockOrderField.MARKET_CAP: lambda row: (row.market_cap, row.symbol),
}
examples = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
listings = st.lists(
    st.builds(
        StockRow,
        symbol=st.from_regex(r"[A-Z]{1,3}(\.[AB])?", fullmatch=True),
        name=st.sampled_from(["apple", "Apple", "Ähre", "ähre", "Zoo", "zoo 2", "_%", "Öl"]),
        exchange=st.sampled_from([None, "NYSE"]),
        sector=st.none(),
        industry=st.none(),
        market_cap=st.one_of(st.none(), st.integers(0, 3)),
        simulated=st.booleans(),
    ),
    max_size=30,
    unique_by=lambda row: row.symbol,
)


def in_order(rows: list[StockRow], field: StockOrderField, direction: Direction) -> list[StockRow]:
    """Sort by brute force: nulls last, symbols break ties in the direction of the order."""
    position = POSITIONS[field]
    down = direction is Direction.DESC
    valued = sorted((row for row in rows if position(row)[0] is not None), key=position, reverse=down)
    null = sorted((row for row in rows if position(row)[0] is None), key=lambda row: row.symbol, reverse=down)
    return valued + null


@given(
    listed=listings,
    field=st.sampled_from(StockOrderField),
    direction=st.sampled_from(Direction),
    limit=st.integers(1, 7),
    backward=st.booleans(),
    exchange=st.sampled_from([None, ("NYSE",), ("NYSE", "NASDAQ")]),
)
@examples
async def test_stock_pages_are_complete(
    database: Database,
    listed: list[StockRow],
    field: StockOrderField,
    direction: Direction,
    limit: int,
    backward: bool,  # noqa: FBT001 - Hypothesis passes by name
    exchange: tuple[str, ...] | None,
) -> None:
    """Three orders, two directions, two ways to walk, with and without a filter: the same rows in the same order."""
    async with database.lease(Deadline.after(10)) as connection:
        await connection.execute("DELETE FROM stocks")
    await write_stocks(database, listed)
    session = Session(database, Deadline.after(30))
    wanted = StockFilter(exchanges=exchange)
    rows: list[StockRow] = []
    request = PageRequest(limit, None, backward)
    while True:
        page = await stocks.page(session, wanted, field, direction, request)
        rows = page.rows + rows if backward else rows + page.rows
        if not (page.has_previous if backward else page.has_next):
            break
        request = PageRequest(limit, POSITIONS[field](page.rows[0] if backward else page.rows[-1]), backward)
    expected = [row for row in listed if exchange is None or row.exchange in exchange]
    assert rows == in_order(expected, field, direction)
    assert await stocks.count(session, wanted) == len(expected)


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("by_symbol", [False, True])
async def test_mention_pages_are_stable_while_posts_arrive(
    database: Database,
    backward: bool,  # noqa: FBT001 - pytest passes by name
    by_symbol: bool,  # noqa: FBT001 - pytest passes by name
) -> None:
    """Between pages others insert before, behind and amid; each row that was there at first comes exactly once."""
    await write_stocks(database, [StockRow("AAPL", "Apple", None, None, None, None, simulated=False)])
    rng = random.Random(8)
    await write_posts(database, [_post(f"old-{number}", rng.randrange(30)) for number in range(100)])
    session = Session(database, Deadline.after(30))
    seen: list[MentionRow] = []
    request = PageRequest(7, None, backward)
    while True:
        page = await _mentions(session, request, by_symbol=by_symbol)
        seen = page.rows + seen if backward else seen + page.rows
        if not (page.has_previous if backward else page.has_next):
            break
        edge = page.rows[0] if backward else page.rows[-1]
        request = PageRequest(7, (edge.posted_at, edge.mention_id), backward)
        if len(seen) < 100:
            new = [_post(f"new-{len(seen)}-{number}", rng.randrange(-5, 35)) for number in range(3)]
            await write_posts(database, new)
    old = [row.external_id for row in seen if row.external_id.startswith("old")]
    assert sorted(old) == sorted({f"old-{number}" for number in range(100)})
    keys = [(row.posted_at, row.mention_id) for row in seen]
    assert keys == sorted(set(keys), reverse=True)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (MentionFilter(), 6),
        (MentionFilter(symbols=("AAPL",)), 3),
        (MentionFilter(symbols=()), 0),
        (MentionFilter(sources=(Source.X,)), 2),
        (MentionFilter(labels=(SentimentLabel.NEGATIVE,)), 2),
        (MentionFilter(text="earnings -bad"), 2),
        (MentionFilter(text='"quarterly earnings" or lawsuit'), 4),
        (MentionFilter(text="the"), 0),
        (MentionFilter(text="\0 ' \" & | ! ( ) : * <-> \ud800"), 0),
        (MentionFilter(during=Window(NOW - timedelta(minutes=1), NOW)), 2),
        (MentionFilter(min_engagement=5), 2),
        (MentionFilter(min_engagement=2**40), 0),
        (MentionFilter(simulated=True), 2),
    ],
)
async def test_mention_filters(database: Database, wanted: MentionFilter, expected: int) -> None:
    """Each filter alone; page, count, pages and counts by symbol agree; hostile search texts find nothing."""
    listed = [StockRow(symbol, symbol, None, None, None, None, simulated=False) for symbol in ("AAPL", "MSFT")]
    await write_stocks(database, listed)
    base = _post("0", 0, ("AAPL", "MSFT"))
    await write_posts(
        database,
        [
            replace(base, text="Quarterly earnings"),
            replace(base, external_id="1", source=Source.X, text="bad earnings", posted_at=NOW - timedelta(minutes=1)),
            replace(
                _post("2", 9, ("AAPL", "MSFT"), SentimentLabel.NEGATIVE),
                text="A lawsuit",
                engagement=5,
                simulated=True,
            ),
        ],
    )
    session = Session(database, Deadline.after(10))
    page = await mentions.page(session, wanted, PageRequest(10))
    assert len(page.rows) == expected
    assert await mentions.count(session, wanted) == expected
    if wanted.symbols is None:
        pages = await mentions.pages_by_symbol(session, ["AAPL", "MSFT"], wanted, PageRequest(10))
        counts = await mentions.counts_by_symbol(session, ["AAPL", "MSFT"], wanted)
        assert sum(len(one.rows) for one in pages.values()) == sum(counts.values()) == expected
    found = await mentions.by_ids(session, [(row.posted_at, row.mention_id) for row in page.rows] + [(NOW, 0)])
    assert sorted(found.values(), key=lambda row: row.mention_id) == sorted(page.rows, key=lambda row: row.mention_id)


def _post(
    external_id: str,
    minutes: int,
    symbols: tuple[str, ...] = ("AAPL",),
    label: SentimentLabel = SentimentLabel.POSITIVE,
) -> PostRecord:
    mentioned = tuple(MentionRecord(symbol, 1, label, (("good", 1.9),), "cashtag") for symbol in symbols)
    at = NOW - timedelta(minutes=minutes)
    return PostRecord(Source.REDDIT, external_id, at, None, None, "text", None, 1, False, "reference", mentioned)  # noqa: FBT003 - rows are made by position


async def _mentions(session: Session, request: PageRequest, *, by_symbol: bool) -> Page[MentionRow]:
    if by_symbol:
        return (await mentions.pages_by_symbol(session, ["AAPL"], MentionFilter(), request))["AAPL"]
    return await mentions.page(session, MentionFilter(), request)
