"""Stocks that sources describe: added where missing, completed where known, never overwritten."""

from msgspec.structs import replace

from storage import stocks
from storage.add_stocks import add_stocks
from storage.database import Database
from storage.rows import StockRow
from storage.session import Session
from storage.write_stocks import write_stocks

APPLE = StockRow("AAPL", "Apple", None, "Technology", None, 3, simulated=False)
FAKE = StockRow("FAKE", "Made up", None, None, None, 3, simulated=True)


async def test_what_is_known_is_completed_and_what_is_new_is_listed(database: Database, session: Session) -> None:
    """Nulls are filled; names, sectors and market caps that an import gave stay, and so do simulated stocks."""
    await write_stocks(database, [APPLE, FAKE])
    told = [
        StockRow("AAPL", "Apple Computer", "NASDAQ", "Hardware", "Phones", None, simulated=False),
        StockRow("FAKE", "Real", "NYSE", None, None, None, simulated=False),
        StockRow("NEW", "New", "NYSE", None, None, None, simulated=False),
    ]
    assert await add_stocks(database, told) == 2
    assert await add_stocks(database, told) == 0
    found = await stocks.by_symbols(session, ["AAPL", "FAKE", "NEW"])
    assert found["AAPL"] == replace(APPLE, exchange="NASDAQ", industry="Phones")
    assert found["FAKE"] == FAKE
    assert found["NEW"] == told[2]
