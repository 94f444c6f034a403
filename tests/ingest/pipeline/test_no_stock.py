"""A worker on a database where no stock is listed yet."""

import asyncio

import pytest
from structlog.testing import capture_logs

from ingest.pipeline import worker
from ingest.pipeline.reading import Reading
from ops.settings import Settings
from storage.database import Database

LOOKS = 25


async def test_missing_stocks_are_told_now_and_then(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks every second, so that an import is found at once, but a log of one line a second would hide all else."""
    stop, looks, look = asyncio.Event(), 0, Reading.refresh

    async def counted(reading: Reading, source: Database) -> None:
        nonlocal looks
        await look(reading, source)
        looks += 1
        if looks == LOOKS:
            stop.set()

    monkeypatch.setattr(Reading, "refresh", counted)
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(worker, "LOOKS_PER_REMINDER", 10)
    with capture_logs() as lines:
        await worker.run_worker(settings, stop)
    assert [line["event"] for line in lines].count("no_stock_is_listed") == 3
