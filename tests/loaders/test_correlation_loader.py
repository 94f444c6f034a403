"""Correlating a page of stocks is arithmetic, and must not keep the process from everything else."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from loaders.context import RequestContext
from loaders.correlation_by_symbol import CorrelationBySymbol, CorrelationKey
from storage import days
from storage.rows import DayRow
from tests.loaders.test_correlation import following

SYMBOLS = [f"S{number}" for number in range(30)]


async def test_others_run_between_symbols(context: RequestContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a page is correlated the event loop turns at least once per symbol."""

    async def known(_session: Any, symbols: Sequence[str], *_: Any) -> dict[str, list[DayRow]]:
        return {symbol: following(1) for symbol in symbols}

    monkeypatch.setattr(days, "days_by_symbol", known)
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    until = datetime(2026, 1, 31, tzinfo=UTC)
    loader = context.loader(CorrelationBySymbol)
    found = await asyncio.gather(*(loader.load(CorrelationKey(symbol, 30, 1, until)) for symbol in SYMBOLS))
    turning.cancel()
    assert len(found) == len(SYMBOLS)
    assert turns > len(SYMBOLS)
