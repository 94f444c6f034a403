"""What the levels of the cache did for an operation is in its records, batch by batch."""

import asyncio

import pytest

from loaders.stock_by_symbol import StockBySymbol
from ops.components import CACHE_UNANSWERED
from ops.metrics import make_metrics
from storage.cache.remote import Remote
from tests.storage.cache.stack import Stack


async def test_the_first_reader_asks_redis_and_the_database(one: Stack) -> None:
    """Its batch has a call and a statement, both of which name it."""
    context = one.context(one.rows)
    await context.loader(StockBySymbol).load_column(["AAPL", "MSFT"])
    (batch,) = context.ledger
    assert (batch.keys, batch.asked, batch.memory_hits, batch.redis_hits) == (2, 2, 0, 0)
    assert [(each.name, each.batch, each.failure) for each in context.statements] == [("stocks_by_symbols", 0, None)]
    assert [(each.name, each.keys, each.batch, each.answered) for each in context.calls] == [("read", 2, 0, True)]
    assert (context.remembered, context.memory_hits) == ([], 0)
    await context.aclose()


async def test_memory_answers_without_a_batch(one: Stack) -> None:
    """Keys that memory has are noted by loader; one that it has not makes a batch, which knows of the others."""
    await one.warm("AAPL")
    context = one.context(one.rows)
    loader = context.loader(StockBySymbol)
    assert isinstance(loader.load_segment((), ["AAPL"]), list)
    assert [(each.loader, each.keys, each.memory_hits) for each in context.remembered] == [("StockBySymbol", 1, 1)]
    other = one.context(one.rows)
    await other.loader(StockBySymbol).load_column(["AAPL", "NOSUCH"])
    (batch,) = other.ledger
    assert (batch.keys, batch.asked, batch.memory_hits) == (1, 1, 1)
    assert (context.memory_hits, other.memory_hits) == (1, 1)
    await context.aclose()
    await other.aclose()


async def test_what_redis_had_is_counted_for_its_batch(one: Stack) -> None:
    """Another process has nothing in memory: its batch is answered by Redis, and runs no statement."""
    await one.warm("AAPL")
    one.rows.memory.drop(None)
    first, second = one.context(one.rows), one.context(one.rows)
    await asyncio.gather(
        first.loader(StockBySymbol).load_column(["AAPL"]), second.loader(StockBySymbol).load_column(["NOSUCH"])
    )
    assert [(each.keys, each.redis_hits) for each in first.ledger] == [(1, 1)]
    assert [(each.keys, each.redis_hits) for each in second.ledger] == [(1, 0)]
    assert (first.statements, len(first.calls)) == ([], 1)
    await first.aclose()
    await second.aclose()


async def test_a_call_without_an_answer_is_on_record(one: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is too slow: the call says so, and the statement is there."""
    never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    monkeypatch.setattr(one.rows.remote.client, "mget", lambda _keys: never)  # a deadline alone might be met
    monkeypatch.setattr(one.rows.remote, "_deadline", 0.01)
    context = one.context(one.rows)
    await context.loader(StockBySymbol).load_column(["AAPL"])
    assert [(each.name, each.answered) for each in context.calls] == [("read", False)]
    assert len(context.statements) == 1
    await context.aclose()


async def test_whoever_observes_hears_of_work_that_no_operation_waits_for(one: Stack) -> None:
    """Keeping what was read is a call of its own, beside the operation and outside its records."""
    heard: list[tuple[str, str, bool]] = []
    remote: Remote = one.rows.remote
    remote.observe = lambda name, seconds, failed: heard.append(("call", name, failed or seconds < 0))
    one.database.observe = lambda name, seconds, failed: heard.append(("statement", name, failed or seconds < 0))
    context = one.context(one.rows)
    await context.loader(StockBySymbol).load_column(["AAPL"])
    await one.settle()
    assert heard == [("call", "read", False), ("statement", "stocks_by_symbols", False), ("call", "store", False)]
    assert len(context.calls) == 1
    await context.aclose()


async def test_a_call_that_was_cancelled_is_no_failure_of_the_cache(one: Stack) -> None:
    """A client that leaves is told to nobody as an error of Redis; an answer that came too late is."""
    metrics = make_metrics()
    remote = one.rows.remote
    remote.observe = metrics.note_cache_call
    never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    leaving = asyncio.create_task(remote._ask("read", 1, never))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait({leaving})
    assert metrics.errors.values == {}
    remote._deadline = 0.0
    assert await remote._ask("read", 1, asyncio.get_running_loop().create_future()) is None
    assert metrics.errors.values == {(CACHE_UNANSWERED, "cache"): 1}
    assert metrics.cache_calls.of("read").count == 2
