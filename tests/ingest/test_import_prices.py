"""Bars from files into the table."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.importing.faults import UnusableInput
from ingest.importing.price_rows import Prices
from ingest.importing.tally import StoppedAtFirst
from tests.ingest.conftest import NOW, Importer

HEADER = "symbol,time,open,high,low,close,volume\n"
HOURS = HEADER + "".join(f"AAPL,2026-05-01T{hour:02d}:00:00Z,10,12,9,11,{hour}\n" for hour in range(10))
Rows = Callable[[str], Any]


async def test_bars_come_in_with_their_inferred_width_and_again_change_nothing(importer: Importer, rows: Rows) -> None:
    """The first import inserts, the second finds all unchanged, a corrected bar is one update."""
    assert (await importer(Prices(NOW), HOURS)).counts == (10, 0, 0)
    assert (await importer(Prices(NOW), HOURS)).counts == (0, 0, 10)
    assert (await importer(Prices(NOW), HOURS.replace("11,9\n", "11.5,9\n"))).counts == (0, 1, 9)
    found = await rows(
        "SELECT symbol, width, time, close, volume, simulated FROM stock_prices ORDER BY time DESC LIMIT 1"
    )
    assert found == [("AAPL", 3_600, datetime(2026, 5, 1, 9, tzinfo=UTC), 11.5, 9, False)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("AAPL,2026-05-01,-1,12,9,11,1", "open is not above zero"),
        ("AAPL,2026-05-01,10,NaN,9,11,1", "high is not finite"),
        ("AAPL,2026-05-01,10,12,9,inf,1", "close is not finite"),
        ("AAPL,2026-05-01,10,8,9,8.5,1", "high is below low"),
        ("AAPL,2026-05-01,10,11,9,12,1", "high is below open or close"),
        ("AAPL,2026-05-01,10,12,9,8,1", "low is above open or close"),
        ("AAPL,2026-05-01,10,12,9,11,-5", "volume is below zero"),
        ("AAPL,2026-05-01,10,12,9,11,1.5", "volume is not a whole number"),
        ("AAPL,3000-05-01,10,12,9,11,1", "time lies in the future"),
        ("AAPL,1700-05-01,10,12,9,11,1", "time lies before 1900-01-01"),
        ("AAPL,soon,10,12,9,11,1", "time is not a time"),
        ("AAPL,2026-05-01,,12,9,11,1", "open is empty"),
        (",2026-05-01,10,12,9,11,1", "symbol is empty"),
        ("X" * 300 + ",2026-05-01,10,12,9,11,1", "not a stock symbol"),
        ("GONE,2026-05-01,10,12,9,11,1", "symbol is not listed (--create-stocks lists it)"),
        ("AAPL,2026-05-01,10,12,9,11", "wrong number of fields"),
        ("AAPL,2026-05-01,10,12,9,11,1,2", "wrong number of fields"),
        ("AAPL\0,2026-05-01,10,12,9,11,1", "NUL byte"),
        ('"AAPL,2026-05-01,10,12,9,11,1', "a quote that is opened here is not closed properly"),
    ],
)
async def test_a_bad_row_is_rejected_with_its_line_and_the_rest_comes_in(
    importer: Importer, row: str, reason: str
) -> None:
    """Each kind of bad row has its own reason; its neighbours are imported."""
    good = "MSFT,2026-05-0{},10,12,9,11,1\n"
    outcome = await importer(Prices(NOW, width=86_400), HEADER + good.format(1) + row + "\n" + good.format(2))
    assert [(each.line, each.reason) for each in outcome.rejections] == [(3, reason)]
    assert outcome.counts == (2, 0, 0)


async def test_strict_stops_at_the_first_bad_row_and_keeps_those_before(importer: Importer, rows: Rows) -> None:
    """What stood before the bad row is written, what stands after is not."""
    bad = HEADER + "AAPL,2026-05-01,1,1,1,1,1\nAAPL,2026-05-02,x,1,1,1,1\nAAPL,2026-05-03,1,1,1,1,1\n"
    with pytest.raises(StoppedAtFirst):
        await importer(Prices(NOW, width=86_400), bad, strict=True)
    assert await rows("SELECT count(*) FROM stock_prices") == [(1,)]


async def test_unlisted_symbols_can_be_listed_on_the_way(importer: Importer, rows: Rows) -> None:
    """With create_stocks the symbol becomes a stock of that name, not simulated; listed ones stay as they are."""
    text = HEADER + "NEW,2026-05-01,1,1,1,1,1\nnew,2026-05-02,1,1,1,1,1\nAAPL,2026-05-02,1,1,1,1,1\n"
    outcome = await importer(Prices(NOW, width=86_400, create_stocks=True), text)
    assert outcome.counts == (3, 0, 0)
    assert await rows("SELECT name, simulated FROM stocks WHERE symbol IN ('AAPL', 'NEW') ORDER BY symbol") == [
        ("AAPL Inc.", False),
        ("NEW", False),
    ]


async def test_a_row_twice_in_a_file_counts_as_if_written_one_by_one(importer: Importer, rows: Rows) -> None:
    """A repeated row is unchanged, a differing one updates, the last one holds."""
    row = "AAPL,2026-05-01,10,12,9,{},1\n"
    text = HEADER + row.format(10) + row.format(10) + row.format(11)
    assert (await importer(Prices(NOW, width=86_400), text)).counts == (1, 1, 1)
    assert await rows("SELECT close FROM stock_prices") == [(11.0,)]


async def test_a_width_column_rules_row_by_row(importer: Importer, rows: Rows) -> None:
    """Bars of several widths share a file; days and weeks start at midnight UTC of the date as written."""
    text = (
        "ticker,date,o,h,l,c,interval\n"
        "AAPL,2026-05-01T22:00:00-04:00,1,1,1,1,1d\n"
        "AAPL,2026-05-01T22:00:00-04:00,1,1,1,1,1h\n"
        "AAPL,2026-05-01,1,1,1,1,2h\n"
    )
    outcome = await importer(Prices(NOW), text)
    assert [(each.line, each.reason) for each in outcome.rejections] == [(4, "not a width of bars")]
    assert await rows("SELECT width, time FROM stock_prices ORDER BY width") == [
        (3_600, datetime(2026, 5, 2, 2, tzinfo=UTC)),
        (86_400, datetime(2026, 5, 1, tzinfo=UTC)),
    ]


async def test_an_unclear_width_refuses_the_file(importer: Importer, rows: Rows) -> None:
    """Nothing is written under a guessed width."""
    with pytest.raises(UnusableInput, match="too few bars"):
        await importer(Prices(NOW), HEADER + "AAPL,2026-05-01,1,1,1,1,1\n")
    assert await rows("SELECT count(*) FROM stock_prices") == [(0,)]


async def test_json_lines_import_like_csv(importer: Importer) -> None:
    """Objects may order and lack keys; a missing required key is a bad row."""
    bar = '{"close": 1, "low": 1, "high": 1.5, "open": "1", "ts": %d, "symbol": "F"}'
    lines = [bar % (1_760_000_400 + hour * 3_600) for hour in range(6)]
    outcome = await importer(Prices(NOW), "\n".join([*lines, '{"symbol": "F"}']), "bars.jsonl")
    assert outcome.counts == (6, 0, 0)
    assert [each.reason for each in outcome.rejections] == ["time is missing"]


async def test_a_missing_column_is_one_error(importer: Importer) -> None:
    """The file is refused before its first row."""
    with pytest.raises(
        UnusableInput, match=r"missing column: close \(or c, .* found are symbol, time, open, high, low"
    ):
        await importer(Prices(NOW), "symbol,time,open,high,low\nAAPL,2026-05-01,1,1,1\n")
