"""Where Redis is left alone, for it is slow, requests pay for nothing that only it would need."""

from collections.abc import Coroutine

import pytest

from loaders.stock_by_symbol import StockBySymbol
from storage.cache import rows
from storage.rows import StockRow
from tests.storage.cache.stack import Stack


async def test_what_is_read_without_redis_is_kept_in_the_same_turn(one: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory has it at once; no task runs beside the request, and no key of Redis is made."""
    beside: list[Coroutine[object, object, None]] = []
    keys: list[object] = []
    monkeypatch.setattr(one.rows.remote, "worth_asking", lambda _loader: False)
    monkeypatch.setattr(one.rows.background, "later", beside.append)
    monkeypatch.setattr(rows, "row_keys", lambda *asked: keys.append(asked))
    for statements in (["stocks_by_symbols"], []):
        found = await one.ask(StockBySymbol, "AAPL")
        assert (found.value.market_cap, found.statements) == (1, statements)
    assert (beside, keys) == ([], [])


async def test_a_write_during_a_reading_without_redis_is_not_missed(
    one: Stack, other: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before it is not kept, of this stock; what it did not touch is."""
    monkeypatch.setattr(one.rows.remote, "worth_asking", lambda _loader: False)
    await other.worth(1, "MSFT")
    await one.heard_all()
    fetch = StockBySymbol.fetch

    async def overtaken(loader: StockBySymbol, segment: tuple[()], params: list[str]) -> object:
        found = await fetch(loader, segment, params)
        await other.worth(2)
        await one.heard_all()
        return found

    monkeypatch.setattr(StockBySymbol, "fetch", overtaken)
    context = one.context(one.rows)
    column = await context.loader(StockBySymbol).load_column(["AAPL", "MSFT"])
    assert [row.market_cap for row in column if isinstance(row, StockRow)] == [1, 1]
    await context.aclose()
    assert list(one.rows.recall(StockBySymbol.cached, (), ["AAPL", "MSFT"])) == ["MSFT"]
