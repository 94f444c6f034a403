"""What a page of mentions leaves out: details that nobody asked for, and the row beyond it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from storage import mentions
from storage.database import Database
from storage.mentions import MentionFilter
from storage.paging import PageRequest
from storage.post_records import MentionRecord, PostRecord
from storage.rows import BriefMentionRow, StockRow
from storage.session import Session
from storage.terms import SentimentLabel, Source
from storage.write_posts import write_posts
from storage.write_stocks import write_stocks

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
SYMBOLS = ["AAPL", "MSFT", "NONE"]
FILTERS = [
    MentionFilter(),
    MentionFilter(sources=(Source.X,), labels=(SentimentLabel.POSITIVE,), min_engagement=1),
    MentionFilter(text="number"),
]


def _post(number: int) -> PostRecord:
    said = tuple(
        MentionRecord(symbol, 100 * number, SentimentLabel.POSITIVE, (("up", 1.5),), "bare", "why", 0.3)
        for symbol in SYMBOLS[: 1 + number % 2]
    )
    return PostRecord(
        Source.X if number % 3 else Source.NEWS, str(number), NOW - timedelta(minutes=number), "here", None,
        f"number {number}", None, number, simulated=False, model="m", mentions=said,
    )  # fmt: skip


@pytest.fixture
async def posted(database: Database) -> Database:
    """A database with twenty posts about two stocks."""
    await write_stocks(database, [StockRow(s, s, None, None, None, None, simulated=False) for s in SYMBOLS[:2]])
    await write_posts(database, [_post(number) for number in range(20)])
    return database


@pytest.mark.parametrize("wanted", FILTERS, ids=["all", "filtered", "searched"])
@pytest.mark.parametrize("backward", [False, True])
async def test_brief_pages_are_the_whole_ones_without_details(
    posted: Database, session: Session, wanted: MentionFilter, *, backward: bool
) -> None:
    """The same mentions in the same order, with the same values in what a brief row has."""
    assert posted is session.database
    request = PageRequest(4, (NOW - timedelta(minutes=9), 0), backward)
    whole = await mentions.pages_by_symbol(session, SYMBOLS, wanted, request)
    brief = await mentions.brief_pages_by_symbol(session, SYMBOLS, wanted, request)
    assert set(brief) == set(whole) == {"AAPL", "MSFT"}
    for symbol, page in whole.items():
        names = BriefMentionRow.__struct_fields__
        assert [msgspec.structs.astuple(row) for row in brief[symbol].rows] == [
            tuple(getattr(row, name) for name in names) for row in page.rows
        ]
        assert all(type(row) is BriefMentionRow for row in brief[symbol].rows)
        assert (brief[symbol].has_next, brief[symbol].has_previous) == (page.has_next, page.has_previous)


@pytest.mark.parametrize("backward", [False, True])
async def test_nobody_looks_beyond_a_page_unasked(posted: Database, session: Session, *, backward: bool) -> None:
    """Without a peek a page has the same rows, fetches no other, and says that it does not know of more."""
    assert posted is session.database
    looked = await mentions.brief_pages_by_symbol(session, ["AAPL"], FILTERS[0], PageRequest(5, None, backward))
    page = await mentions.brief_pages_by_symbol(
        session, ["AAPL"], FILTERS[0], PageRequest(5, None, backward, peek=False)
    )
    assert page["AAPL"].rows == looked["AAPL"].rows
    assert [record.rows for record in session.statements] == [6, 5]
    unknown = page["AAPL"].has_previous if backward else page["AAPL"].has_next
    known = looked["AAPL"].has_previous if backward else looked["AAPL"].has_next
    assert (unknown, known) == (None, True)
