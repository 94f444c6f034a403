"""Rows are read once, served from memory and Redis, and forgotten everywhere when they are written."""

from loaders.stock_by_symbol import StockBySymbol
from loaders.stock_page_by_filter import StockCountByFilter
from storage.cache.tags import STOCKS
from storage.stocks import StockFilter
from tests.own_valkey import until
from tests.storage.cache.stack import Stack


async def test_a_second_operation_runs_no_statement(one: Stack) -> None:
    """What one operation read, the next has from memory, in the same turn of the loop.

    Only the first reading of a tag is not kept: it gives the tag a version, and what it read was read without.
    """
    await one.ask(StockBySymbol, "AAPL")
    await one.heard_all()
    first = await one.ask(StockBySymbol, "AAPL")
    await one.settle()
    second = await one.ask(StockBySymbol, "AAPL")
    assert first.statements == ["stocks_by_symbols"]
    assert second.statements == []
    assert second.value == first.value
    context = one.context(one.rows)
    assert context.loader(StockBySymbol).load_segment((), ["AAPL"]) == [first.value]
    await context.aclose()


async def test_another_process_has_it_from_redis(one: Stack, other: Stack) -> None:
    """Once its tags have versions, an answer is shared, and memory need not have it."""
    await one.warm()
    found = await other.ask(StockBySymbol, "AAPL")
    assert found.statements == []
    assert found.value == await one.stock()
    assert other.rows.counts.redis_hits == 1


async def test_a_write_is_seen_by_both_levels_of_both_processes(one: Stack, other: Stack) -> None:
    """Redis knows at once, memory as soon as the link has told."""
    for stack in (one, other):
        await stack.warm()
    heard = other.invalidations.heard
    await one.worth(2)
    afresh = await other.ask(StockBySymbol, "AAPL", afresh=True)
    assert afresh.value.market_cap == 2
    await until(lambda: other.invalidations.heard > heard)
    found = await other.stock()
    assert found is not None
    assert found.market_cap == 2


async def test_tags_are_collected_wherever_an_answer_comes_from(one: Stack, other: Stack) -> None:
    """From the database, from memory, from Redis, and without any cache."""
    read = await one.ask(StockBySymbol, "AAPL")
    await one.warm()
    remembered = await one.ask(StockBySymbol, "AAPL")
    shared = await other.ask(StockBySymbol, "AAPL")
    context = one.context(None)
    await context.loader(StockBySymbol).load("AAPL")
    assert read.tags == remembered.tags == shared.tags == context.tags == {"stock:AAPL"}
    await context.aclose()


async def test_a_new_stock_is_found_by_who_knew_of_none(one: Stack, other: Stack) -> None:
    """That there is nothing is remembered in memory only, and forgotten when it comes."""
    assert (await other.ask(StockCountByFilter, StockFilter())).value == 1
    await other.heard_all()
    assert await other.stock("NEW") is None
    await other.settle()
    assert (await other.ask(StockBySymbol, "NEW")).statements == []
    assert not [key async for key in one.rows.remote.client.scan_iter(match="*NEW*")]
    heard = other.invalidations.heard
    await one.worth(7, "NEW")
    await until(lambda: other.invalidations.heard >= heard + 2)
    assert await other.stock("NEW") is not None
    counted = await other.ask(StockCountByFilter, StockFilter())
    assert counted.value == 2
    assert counted.tags == {STOCKS}


async def test_an_answer_that_is_about_to_end_is_read_again_beside_requests(one: Stack) -> None:
    """Whoever asks gets what is there at once; the next gets what was read meanwhile, which lasts longer."""
    await one.warm()
    (entry,) = [entry for entry in one.rows.memory._queue if entry.param == "AAPL"]
    ends, entry.due = entry.ends, 0.0
    found = await one.ask(StockBySymbol, "AAPL")
    assert found.statements == []
    await one.settle()
    (renewed,) = [entry for entry in one.rows.memory._queue if entry.param == "AAPL"]
    assert one.rows.counts.refreshed == 1
    assert renewed.ends > ends
