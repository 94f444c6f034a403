"""A database with a few listed stocks, and imports of text given in the test."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from ingest.importing.columns import Columns
from ingest.importing.faults import Rejection
from ingest.importing.kinds import Kind
from ingest.importing.pipeline import run_import
from ingest.importing.sources import open_source
from ingest.importing.tally import Tally
from ops.settings import Settings
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.rows import StockRow
from storage.session import Session
from storage.write_stocks import write_stocks

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LISTED = ("AAPL", "AMD", "BRK.B", "F", "MSFT", "NVDA", "TSLA")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The tally of an import, and what it rejected in order."""

    tally: Tally
    rejections: list[Rejection]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Inserted, updated, unchanged."""
        return self.tally.inserted, self.tally.updated, self.tally.unchanged


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports content through a file, as the command does."""

    database: Database
    folder: Path

    async def __call__(
        self,
        kind: Kind[Any],
        content: str | bytes,
        name: str = "input.csv",
        *,
        strict: bool = False,
        mapping: dict[str, str] | None = None,
    ) -> Outcome:
        """Import; `mapping` goes from columns to fields."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        rejections: list[Rejection] = []
        tally = Tally(on_rejection=rejections.append, strict=strict)
        outcome = Outcome(tally, rejections)
        columns = Columns(kind.fields, mapping or {}, kind.given)
        with open_source(str(path)) as source:
            await run_import(self.database, source, kind, columns, tally)
        assert tally.read == tally.accounted
        return outcome


@pytest.fixture
async def plain_database(plain_database_url: str) -> AsyncIterator[Database]:
    """A database without stocks, on plain PostgreSQL."""
    async with open_database(Settings(database_url=SecretStr(plain_database_url))) as opened:
        yield opened


@pytest.fixture
async def listed(plain_database: Database) -> Database:
    """A database with a few listed stocks."""
    await write_stocks(
        plain_database, [StockRow(name, f"{name} Inc.", None, None, None, None, simulated=False) for name in LISTED]
    )
    return plain_database


@pytest.fixture
def importer(listed: Database, tmp_path: Path) -> Importer:
    """Imports into the database with listed stocks."""
    return Importer(listed, tmp_path)


@pytest.fixture
def rows(plain_database: Database) -> Callable[..., Any]:
    """Reads what a statement returns, as tuples."""

    async def read(sql: str) -> list[tuple[Any, ...]]:
        session = Session(plain_database, Deadline.after(10))
        return [tuple(row) for row in await session.fetch("test", sql)]

    return read
