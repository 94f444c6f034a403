"""Search finds what was meant, says why, and takes any text."""

import pytest

from storage import stocks
from storage.database import Database
from storage.deadline import Deadline
from storage.rows import StockRow
from storage.session import Session
from storage.write_stocks import write_stocks

NAMES = {
    "AAPL": "Apple Inc.",
    "APLE": "Apple Hospitality REIT",
    "AMZN": "Amazon.com",
    "BRK.B": "Berkshire Hathaway",
    "GOOGL": "Alphabet",
    "MSFT": "Microsoft",
    "NVDA": "NVIDIA",
    "T": "AT&T",
    "TSLA": "Tesla",
    "OEZ": "100% Öl_Company",
}


async def found(database: Database, text: str) -> list[tuple[str, str]]:
    """Search, as symbols and reasons."""
    matches = await stocks.search(Session(database, Deadline.after(10)), text, 5)
    assert all(0 < match.score <= 1 for match in matches)
    return [(match.stock.symbol, match.reason) for match in matches]


@pytest.fixture
async def listed(database: Database) -> Database:
    """A database that lists a few well-known stocks."""
    rows = [StockRow(symbol, name, None, None, None, None, simulated=False) for symbol, name in NAMES.items()]
    await write_stocks(database, rows)
    return database


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("aapl", ("AAPL", "symbol")),
        ("t", ("T", "symbol")),
        ("BRK", ("BRK.B", "symbol_prefix")),
        ("app", ("AAPL", "name_prefix")),
        ("  berkshire   hath ", ("BRK.B", "name_prefix")),
        ("hathaway", ("BRK.B", "name")),
        ("mircosoft", ("MSFT", "similar")),
        ("telsa", ("TSLA", "similar")),
        ("nvidea", ("NVDA", "similar")),
        ("berkshir hathway", ("BRK.B", "similar")),
        ("100%", ("OEZ", "name_prefix")),
        ("ÖL_", ("OEZ", "name")),
    ],
)
async def test_best_match_comes_first_and_says_why(listed: Database, text: str, first: tuple[str, str]) -> None:
    """The exact symbol, then prefixes, then parts of names, then slips of the keyboard."""
    matches = await found(listed, text)
    assert matches[0] == first
    assert len({symbol for symbol, _ in matches}) == len(matches)


@pytest.mark.parametrize(
    "text", ["", " ", "%", "_", "\\", "%%%", "\0", "\ud800", "'; DROP TABLE stocks; --", "x" * 200, "🚀" * 200]
)
async def test_any_text_is_only_text(listed: Database, text: str) -> None:
    """Patterns, NUL, lone surrogates, quotes and long texts find nothing and break nothing."""
    assert await found(listed, text) == []
