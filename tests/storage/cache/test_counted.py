"""What the metrics say of the caches is what was asked of them, whichever way it was asked."""

from graph.measured import _of_caches
from loaders.stock_by_symbol import StockBySymbol
from ops.metrics import catalogue
from tests.storage.cache.stack import Stack


async def test_a_row_that_many_ask_for_at_once_is_one_look_up(one: Stack) -> None:
    """The stock of a hundred mentions is in memory: that is a hit, and no miss."""
    await one.warm("AAPL")
    before = (one.rows.counts.memory_hits, one.rows.counts.memory_misses)
    context = one.context(one.rows)
    found = context.loader(StockBySymbol).load_segment((), ["AAPL"] * 100)
    assert isinstance(found, list)
    assert (one.rows.counts.memory_hits - before[0], one.rows.counts.memory_misses - before[1]) == (1, 0)
    await context.aclose()


async def test_what_passes_memory_by_was_asked_for_as_well(one: Stack, other: Stack) -> None:
    """Events believe no memory, so that Redis alone answers them: no share of hits is above the whole."""
    await one.warm("AAPL")
    readings = _of_caches(other.rows, None)
    ((_, share),) = readings[catalogue.CACHE_HIT_RATE]()
    assert share == 100
    for _ in range(4):
        await other.ask(StockBySymbol, "AAPL", afresh=True)
    await other.ask(StockBySymbol, "NOSUCH")
    ((_, share),) = readings[catalogue.CACHE_HIT_RATE]()
    levels = dict(readings[catalogue.CACHE_REQUESTS]())
    assert (levels["redis", "hit"], levels["redis", "miss"], levels["memory", "miss"]) == (4, 1, 1)
    assert share == 80
