"""JSON Lines: one object per line, its keys are the columns."""

from collections.abc import Iterator

import msgspec

from ingest.importing.faults import Rejection, UnusableInput
from ingest.importing.lines import Line
from ingest.importing.records import Record


class JsonRecords:
    """Iterates over the objects; `columns` is None, for each object may have keys of its own."""

    columns = None

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._decoder = msgspec.json.Decoder()

    def __iter__(self) -> Iterator[Record | Rejection]:
        first = True
        for line in self._lines:
            if not line.text.strip() and line.fault is None:
                continue
            if first and line.text.lstrip().startswith("["):
                raise UnusableInput("this is a JSON array; JSON Lines has one object per line and no brackets around")
            first = False
            yield self._record(line)

    def _record(self, line: Line) -> Record | Rejection:
        if line.fault:
            return Rejection(line.number, line.fault)
        try:
            value = self._decoder.decode(line.text)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as damage:
            return Rejection(line.number, "malformed JSON", str(damage))
        if not isinstance(value, dict):
            return Rejection(line.number, "not a JSON object")
        return Record(line.number, value, len(line.text))
