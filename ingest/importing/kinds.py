"""What an import of one kind of rows must know; the pipeline does the rest."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from ingest.importing.columns import Field
from ingest.importing.records import Value
from storage.database import Database

Row = TypeVar("Row")
Cells = Mapping[str, Value]
"""Cells by field name; a field whose column is absent is absent here too."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows a write inserted, changed, found as they should be, and, by reason, left out."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)


class Kind(Protocol[Row]):
    """Turns cells into rows and writes them."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """What the rows hold."""

    @property
    def given(self) -> frozenset[str]:
        """Fields that have a value even where no column has one."""

    @property
    def batch_rows(self) -> int:
        """How many rows one write takes."""

    async def prepare(self, database: Database) -> None:
        """Fetch what converting needs to know, once, before the first row."""

    def inspect(self, head: Sequence[Cells]) -> None:
        """Look at the first rows before any is converted; raises UnusableInput when they cannot be understood."""

    def convert(self, cells: Cells) -> Row:
        """Make a row, or raise RowError."""

    def key(self, row: Row) -> Hashable:
        """Tell what makes two rows the same one."""

    async def write(self, database: Database, rows: list[Row]) -> Written:
        """Write rows of distinct keys in one transaction."""
