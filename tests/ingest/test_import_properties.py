"""What holds for every import: counts add up, a second one changes nothing, an interrupted one can be completed."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.importing.kinds import Kind
from ingest.importing.post_rows import Posts
from ingest.importing.price_rows import Prices
from ingest.importing.stock_rows import Stocks
from storage.terms import Source
from storage.write_posts import write_posts
from storage.write_prices import write_prices
from tests.ingest.conftest import NOW, Importer

KINDS: list[Callable[[], Kind[Any]]] = [
    Stocks,
    lambda: Prices(NOW, width=3_600),
    lambda: Posts(NOW, Source.X, NOW),
]
HEADERS = ("symbol,name,market_cap", "symbol,time,open,high,low,close,volume", "id,text,posted_at,symbol")
FIXTURES_PER_EXAMPLE_ARE_FINE = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

SYMBOL = st.sampled_from(["AAPL", "tsla", "BRK-B", "F", "NOPE", "", "$MSFT", "x" * 300])
NUMBER = st.sampled_from(["1", "2.5", "3", "-1", "NaN", "", "1e3", "0"])
TIME = st.sampled_from(["2026-05-01", "2026-05-01T10:00", "3000-01-01", "1714570200", "x"])
TEXT = st.sampled_from(["buy $F", "sell AAPL", "nothing", "", 'a "quoted" $TSLA', "two\nlines $AMD", "$F and $AAPL"])
ROWS = (
    st.tuples(SYMBOL, TEXT, NUMBER),
    st.tuples(SYMBOL, TIME, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER),
    st.tuples(st.sampled_from(["", "1", "2"]), TEXT, TIME, st.just("")),
)


def quoted(cell: str) -> str:
    """A cell as CSV writes it."""
    return '"' + cell.replace('"', '""') + '"'


@st.composite
def files(draw: st.DrawFn) -> tuple[int, str]:
    """A kind's number, and a file of good and bad rows, some of them damaged."""
    number = draw(st.integers(0, 2))
    lines = draw(st.lists(ROWS[number].map(lambda row: ",".join(map(quoted, row))) | st.text(max_size=20), max_size=12))
    return number, "\n".join([HEADERS[number], *lines])


@FIXTURES_PER_EXAMPLE_ARE_FINE
@given(made=files())
async def test_counts_add_up_and_a_second_import_changes_nothing(importer: Importer, made: tuple[int, str]) -> None:
    """Every row read ends in one count (checked by the importer fixture); repeated, sound rows are all unchanged.

    Rows that stand twice with different values update each other again, so only files without such rows repeat as
    unchanged; the state of the table is the same in any case.
    """
    number, text = made
    first = (await importer(KINDS[number](), text)).tally
    again = (await importer(KINDS[number](), text)).tally
    assert again.inserted == 0
    assert (again.read, again.rejected, again.skipped) == (first.read, first.rejected, first.skipped)
    if first.updated == 0 and first.inserted:
        assert again.updated == 0


@FIXTURES_PER_EXAMPLE_ARE_FINE
@given(number=st.integers(0, 2), data=st.binary(max_size=200))
async def test_any_bytes_below_a_header_import_without_a_crash(importer: Importer, number: int, data: bytes) -> None:
    """Whatever follows a sound header, the import ends with an account."""
    await importer(KINDS[number](), HEADERS[number].encode() + b"\n" + data)


@pytest.mark.parametrize("written_batches", [0, 1, 2])
async def test_an_interrupted_import_is_completed_by_running_it_again(
    importer: Importer, rows: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, written_batches: int
) -> None:
    """Cancelled in the middle of a batch, the batches before stay whole, and a second run reaches the full state."""
    bars = "".join(f"AAPL,2026-05-{day:02d},10,12,9,11,{day}\n" for day in range(1, 31))
    text = "symbol,time,open,high,low,close,volume\n" + bars
    calls = 0

    async def interrupted(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > written_batches:
            raise asyncio.CancelledError
        return await write_prices(*args)

    monkeypatch.setattr("ingest.importing.price_rows.write_prices", interrupted)
    with pytest.raises(asyncio.CancelledError):
        await importer(Prices(NOW, width=86_400, batch_rows=10), text)
    assert await rows("SELECT count(*) FROM stock_prices") == [(10 * written_batches,)]
    monkeypatch.undo()
    assert (await importer(Prices(NOW, width=86_400, batch_rows=10), text)).counts == (
        30 - 10 * written_batches,
        0,
        10 * written_batches,
    )


async def test_memory_holds_one_batch(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    """No write ever gets more rows than a batch, however long the file."""
    sizes: list[int] = []

    async def measured(database: Any, posts: list[Any]) -> Any:
        sizes.append(len(posts))
        return await write_posts(database, posts)

    monkeypatch.setattr("ingest.importing.post_rows.write_posts", measured)
    text = "id,text\n" + "".join(f"{n},$F is fine\n" for n in range(250))
    outcome = await importer(Posts(NOW, Source.X, NOW, batch_rows=100), text)
    assert outcome.counts == (250, 0, 0)
    assert sizes == [100, 100, 50]
