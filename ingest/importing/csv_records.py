"""CSV as RFC 4180 has it, told apart from damage: ragged rows, stray quotes, quotes that never close.

A quote that never closes would swallow the rest of the file. The reader gives up at a bound, rejects the line that
opened the quote, and starts again on the next one; so damage costs the damaged line only.
"""

import csv
from collections import deque
from collections.abc import Iterator

from ingest.importing.faults import Rejection, UnusableInput, shown
from ingest.importing.lines import MAX_LINE_BYTES, Line
from ingest.importing.records import Record

_MAX_RECORD_CHARACTERS = MAX_LINE_BYTES
_FREE_REPLAYS = 100_000


class _RecordTooLong(Exception):
    pass


class CsvRecords:
    """Iterates over the records below a header; `columns` are the header's names."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._feed = _Feed(lines)
        self.columns = self._header()

    def __iter__(self) -> Iterator[Record | Rejection]:
        for line, fields in self._rows():
            if isinstance(fields, Rejection):
                yield fields
            elif len(fields) != len(self.columns):
                yield Rejection(
                    line, "wrong number of fields", f"{len(fields)} where the header has {len(self.columns)}"
                )
            else:
                yield Record(line, dict(zip(self.columns, fields, strict=True)), self._feed.characters)

    def _header(self) -> tuple[str, ...]:
        for _, fields in self._rows():
            if isinstance(fields, Rejection):
                raise UnusableInput(f"the header cannot be read: {fields}")
            names = tuple(name.strip() for name in fields)
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise UnusableInput(f"the header names a column twice: {', '.join(map(shown, twice))}")
            return names
        raise UnusableInput("the input is empty: there is no header")

    def _rows(self) -> Iterator[tuple[int, list[str] | Rejection]]:
        feed = self._feed
        reader = csv.reader(feed, strict=True)
        while True:
            feed.taken.clear()
            try:
                fields = next(reader)
            except StopIteration:
                return
            except (csv.Error, _RecordTooLong) as damage:
                line = feed.taken[0].number
                yield line, Rejection(line, *_damage(feed, damage))
                continue
            fault = next((taken for taken in feed.taken if taken.fault), None)
            line = feed.taken[0].number
            if fault:
                yield line, Rejection(fault.number, fault.fault or "")
            elif any(field.strip() for field in fields) or len(fields) > 1:
                yield line, fields


def _damage(feed: "_Feed", damage: Exception) -> tuple[str, str]:
    """Say what is wrong with the record just given up, and put all its lines but the first back to be read again."""
    fault = feed.taken[0].fault
    spanned = len(feed.taken)
    again = feed.replay_after_first()
    if fault:
        return fault, ""
    if spanned == 1 and not isinstance(damage, _RecordTooLong) and not feed.ended:
        return "malformed CSV", str(damage)
    note = f"{damage}" if again else f"{damage}; {spanned:,} lines given up"
    return "a quote that is opened here is not closed properly", note


class _Feed:
    """Lines for the CSV reader: remembers those of the current record, can give them again, and bounds them."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._again: deque[Line] = deque()
        self._replays_left = _FREE_REPLAYS
        self.characters = 0
        self.taken: list[Line] = []
        self.ended = False

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if not self.taken:
            self.characters = 0
        if self._again:
            line = self._again.popleft()
        else:
            try:
                line = next(self._lines)
            except StopIteration:
                self.ended = True
                raise
            self._replays_left += 1
        self.taken.append(line)
        self.characters += len(line.text)
        if self.characters > _MAX_RECORD_CHARACTERS:
            raise _RecordTooLong(f"record longer than {_MAX_RECORD_CHARACTERS:,} characters")
        return line.text

    def replay_after_first(self) -> bool:
        """Give the current record's later lines again, unless so many were that reading would no longer be linear."""
        later = self.taken[1:]
        if len(later) > self._replays_left:
            return False
        self._replays_left -= len(later)
        self._again.extendleft(reversed(later))
        return True
