"""Stocks from files into the table."""

from collections.abc import Callable
from typing import Any

import pytest

from ingest.importing.faults import UnusableInput
from ingest.importing.stock_rows import Stocks
from storage.rows import StockRow
from storage.write_stocks import write_stocks
from tests.ingest.conftest import Importer

Rows = Callable[[str], Any]
FULL = "symbol,name,exchange,sector,industry,market_cap\n"


async def test_stocks_come_in_and_again_change_nothing(importer: Importer, rows: Rows) -> None:
    """Spellings of one symbol are one stock; empty cells are null; market cap may be written as a float."""
    text = FULL + 'bf-b,"Brown, Forman",NYSE,Staples,,2.5e10\nNEW,Neu & Söhne,,,,\n'
    assert (await importer(Stocks(), text)).counts == (2, 0, 0)
    assert (await importer(Stocks(), text.replace("bf-b", "BF/B"))).counts == (0, 0, 2)
    found = await rows(
        "SELECT name, exchange, industry, market_cap FROM stocks WHERE symbol IN ('BF.B', 'NEW') ORDER BY 1"
    )
    assert found == [("Brown, Forman", "NYSE", None, 25_000_000_000), ("Neu & Söhne", None, None, None)]


async def test_a_file_without_a_column_leaves_it_as_it_is(importer: Importer, rows: Rows) -> None:
    """Renaming stocks from a short list does not clear their sectors; an empty cell does."""
    await importer(Stocks(), FULL + "AAA,Old,NYSE,Energy,Oil,5\n")
    assert (await importer(Stocks(), "ticker,company\nAAA,New\n")).counts == (0, 1, 0)
    assert await rows("SELECT name, sector, market_cap FROM stocks WHERE symbol = 'AAA'") == [("New", "Energy", 5)]
    await importer(Stocks(), "symbol,name,sector\nAAA,New,\n")
    assert await rows("SELECT sector, market_cap FROM stocks WHERE symbol = 'AAA'") == [(None, 5)]


async def test_a_simulated_stock_becomes_a_real_one(importer: Importer, rows: Rows) -> None:
    """Real data replaces the demo's, whole."""
    await write_stocks(importer.database, [StockRow("SIM", "Sim", "NYSE", "Energy", None, None, simulated=True)])
    assert (await importer(Stocks(), "symbol,name\nSIM,Real\n")).counts == (0, 1, 0)
    assert await rows("SELECT name, sector, simulated FROM stocks WHERE symbol = 'SIM'") == [("Real", None, False)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("AAA,,,,,", "name is empty"),
        (",Name,,,,", "symbol is empty"),
        (f"AAA,{'n' * 301},,,,", "name is longer than 300 characters"),
        ("A" * 300 + ",Name,,,,", "not a stock symbol"),
        ("AAA,Name,,,,-1", "market_cap is below zero"),
        ("AAA,Name,,,,lots", "market_cap is not a number"),
        (f"AAA,Name,{'x' * 101},,,", "exchange is longer than 100 characters"),
    ],
)
async def test_a_bad_stock_is_rejected(importer: Importer, row: str, reason: str) -> None:
    """Each kind of bad row has its own reason."""
    outcome = await importer(Stocks(), FULL + row + "\nZZZ,Sound,,,,\n")
    assert [(each.line, each.reason) for each in outcome.rejections] == [(2, reason)]
    assert outcome.counts == (1, 0, 0)


@pytest.mark.parametrize("content", ["", "\n\n"])
async def test_an_empty_file_is_refused(importer: Importer, content: str) -> None:
    """A CSV without a header cannot be what was meant."""
    with pytest.raises(UnusableInput, match="empty"):
        await importer(Stocks(), content)


async def test_no_rows_below_a_header_are_no_error(importer: Importer) -> None:
    """Nothing to import is imported."""
    assert (await importer(Stocks(), FULL)).tally.read == 0
    assert (await importer(Stocks(), "", "empty.jsonl")).tally.read == 0
