"""An import from end to end: lines, records, rows, batches, writes; one batch in memory, each batch one transaction.

Interrupted at any point, the batches written stay, and running the same import again completes it.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
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
        for line, cells in _cells(source, columns, kind):
            outcome = _converted(kind, line, cells)
            tally.read += 1
            if isinstance(outcome, Rejection):
                tally.reject(outcome)
            else:
                await batch.add(outcome.row)
            if tally.read % _PROGRESS_ROWS == 0:
                on_progress(source.position() or 0)
    except (UnusableInput, StoppedAtFirst):
        await batch.write()
        raise
    await batch.write()
    on_progress(source.position() or 0)


@dataclass(frozen=True, slots=True)
class _Converted(Generic[Row]):
    row: Row


def _cells(source: Source, columns: Columns, kind: Kind[Row]) -> Iterator[tuple[int, Cells | Rejection]]:
    lines = source.lines()
    records: CsvRecords | JsonRecords
    if source.format == "csv":
        records = CsvRecords(lines)
        columns.of_header(records.columns)
    else:
        records = JsonRecords(lines)
    found = (_fields(record, columns) for record in records)
    head = list(islice(found, INSPECTED_ROWS))
    kind.inspect([cells for _, cells in head if not isinstance(cells, Rejection)])
    yield from chain(head, found)


def _fields(record: Record | Rejection, columns: Columns) -> tuple[int, Cells | Rejection]:
    if isinstance(record, Rejection):
        return record.line, record
    found = columns.find(record.cells)
    missing = [each.name for each in columns.missing(found) if each.name not in columns.given]
    if missing:
        return record.line, Rejection(record.line, f"{missing[0]} is missing")
    return record.line, {name: record.cells[column] for name, column in found.items()}


def _converted(kind: Kind[Row], line: int, cells: Cells | Rejection) -> _Converted[Row] | Rejection:
    if isinstance(cells, Rejection):
        return cells
    try:
        return _Converted(kind.convert(cells))
    except RowError as error:
        return Rejection(line, error.reason, error.detail)


class _Batch(Generic[Row]):
    """Rows that wait for the next write, each key once; writes when full."""

    def __init__(self, database: Database, kind: Kind[Row], tally: Tally) -> None:
        self._database = database
        self._kind = kind
        self._tally = tally
        self._rows: dict[Hashable, Row] = {}

    async def add(self, row: Row) -> None:
        """Take a row; one that stands twice counts as if each had been written by itself."""
        key = self._kind.key(row)
        earlier = self._rows.get(key)
        if earlier is not None:
            repeated = earlier == row
            self._tally.add(Written(unchanged=1) if repeated else Written(updated=1))
        self._rows[key] = row
        if len(self._rows) >= self._kind.batch_rows:
            await self.write()

    async def write(self) -> None:
        """Write what waits, in one transaction."""
        if self._rows:
            self._tally.add(await self._kind.write(self._database, list(self._rows.values())))
            self._rows.clear()
