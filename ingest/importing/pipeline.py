"""An import from end to end: lines, records, rows, batches, writes; one batch in memory, each batch one transaction.

Batches are bounded by rows and by characters, for a row may be a thousand times as long as another.

Interrupted at any point, the batches written stay, and running the same import again completes it.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from ingest.importing.columns import Columns
from ingest.importing.csv_records import CsvRecords
from ingest.importing.faults import Rejection, RowError, UnusableInput
from ingest.importing.json_records import JsonRecords
from ingest.importing.kinds import Cells, Kind, Written
from ingest.importing.records import Record
from ingest.importing.sources import Source
from ingest.importing.tally import StoppedAtFirst, Tally
from storage.database import Database

Row = TypeVar("Row")
INSPECTED_ROWS = 2_000
MOST_CHARACTERS = 16 << 20
"""How much of a file is held at once, to be inspected or to be written."""
_PROGRESS_ROWS = 500


async def run_import(
    database: Database,
    source: Source,
    kind: Kind[Row],
    columns: Columns,
    tally: Tally,
    on_progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Import a source, counting into `tally`; `on_progress` hears how many stored bytes have been read.

    Raises UnusableInput for an input that cannot be read as a whole, StoppedAtFirst for the first bad row of a strict
    import; in both cases the rows before are written.
    """
    await kind.prepare(database)
    batch = _Batch(database, kind, tally)
    try:
        for given in _cells(source, columns, kind):
            outcome = _converted(kind, given)
            tally.read += 1
            if isinstance(outcome, Rejection):
                tally.reject(outcome)
            else:
                await batch.add(outcome.row, given.characters)
            if tally.read % _PROGRESS_ROWS == 0:
                on_progress(source.position() or 0)
    except (UnusableInput, StoppedAtFirst):
        await batch.write()
        raise
    await batch.write()
    on_progress(source.position() or 0)


@dataclass(frozen=True, slots=True)
class _Given:
    line: int
    cells: Cells | Rejection
    characters: int


@dataclass(frozen=True, slots=True)
class _Converted(Generic[Row]):
    row: Row


def _cells(source: Source, columns: Columns, kind: Kind[Row]) -> Iterator[_Given]:
    lines = source.lines()
    records: CsvRecords | JsonRecords
    if source.format == "csv":
        records = CsvRecords(lines)
        columns.of_header(records.columns)
    else:
        records = JsonRecords(lines)
    found = (_fields(record, columns) for record in records)
    head = _head(found)
    kind.inspect([given.cells for given in head if not isinstance(given.cells, Rejection)])
    yield from chain(head, found)


def _head(found: Iterator[_Given]) -> list[_Given]:
    head: list[_Given] = []
    characters = 0
    for given in found:
        head.append(given)
        characters += given.characters
        if len(head) >= INSPECTED_ROWS or characters >= MOST_CHARACTERS:
            break
    return head


def _fields(record: Record | Rejection, columns: Columns) -> _Given:
    if isinstance(record, Rejection):
        return _Given(record.line, record, 0)
    found = columns.find(record.cells)
    missing = [each.name for each in columns.missing(found) if each.name not in columns.given]
    if missing:
        return _Given(record.line, Rejection(record.line, f"{missing[0]} is missing"), 0)
    return _Given(record.line, {name: record.cells[column] for name, column in found.items()}, record.characters)


def _converted(kind: Kind[Row], given: _Given) -> _Converted[Row] | Rejection:
    if isinstance(given.cells, Rejection):
        return given.cells
    try:
        return _Converted(kind.convert(given.cells))
    except RowError as error:
        return Rejection(given.line, error.reason, error.detail)


class _Batch(Generic[Row]):
    """Rows that wait for the next write, each key once; writes when full."""

    def __init__(self, database: Database, kind: Kind[Row], tally: Tally) -> None:
        self._database = database
        self._kind = kind
        self._tally = tally
        self._rows: dict[Hashable, Row] = {}
        self._characters = 0

    async def add(self, row: Row, characters: int) -> None:
        """Take a row that took so many characters; one that stands twice counts as if each had been written."""
        key = self._kind.key(row)
        earlier = self._rows.get(key)
        if earlier is not None:
            repeated = earlier == row
            self._tally.add(Written(unchanged=1) if repeated else Written(updated=1))
        self._rows[key] = row
        self._characters += characters
        if len(self._rows) >= self._kind.batch_rows or self._characters >= MOST_CHARACTERS:
            await self.write()

    async def write(self) -> None:
        """Write what waits, in one transaction."""
        if self._rows:
            self._tally.add(await self._kind.write(self._database, list(self._rows.values())))
            self._rows.clear()
            self._characters = 0
