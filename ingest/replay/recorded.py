"""A recorded feed: the lines of a file or of standard input, from any position that was reached before.

A position counts lines and carries their checksum, so a file that was changed before that line is not played on as if
it were the same.
"""

import sys
import threading
import zlib
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from ingest.importing.faults import Rejection, RowError, UnusableInput
from ingest.importing.lines import Line
from ingest.importing.sources import STANDARD_INPUT, open_source
from ingest.replay.ahead import Interruptible, read_ahead
from ingest.replay.feed import Chunk, TimedItem
from ingest.replay.line_format import decode
from ingest.replay.redating import Redating
from ingest.replay.tally import StoppedAtFirst, Tally

_LINES_AT_ONCE = 500


class Position(msgspec.Struct, frozen=True, omit_defaults=True):
    """Behind `line` lines, whose text has this CRC-32; a re-dated feed keeps its first line's time, and the new one."""

    line: int = 0
    checksum: int = 0
    first: datetime | None = None
    begun: datetime | None = None


@dataclass(slots=True)
class RecordedFeed:
    """The feed in a file, or on standard input for "-"; with `shift` it is re-dated so that it begins now."""

    name: str
    tally: Tally
    shift: bool = False
    _begun: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    _counted: int = 0

    def after(self, checkpoint: bytes | None) -> AsyncGenerator[Chunk[Position], None]:
        """Give what follows a position; raise UnusableInput for a file that cannot be read, or is not the same."""
        start = _decoded(checkpoint)
        return read_ahead(lambda left: self._chunks(start, left))

    def _chunks(self, start: Position, left: threading.Event) -> Iterator[Chunk[Position]]:
        """Read lines in chunks; those of a pipe one by one, for the next may take long to come."""
        at_once = 1 if self.name == STANDARD_INPUT else _LINES_AT_ONCE
        standard_input = Interruptible(sys.stdin.fileno(), left) if self.name == STANDARD_INPUT else None
        with open_source(self.name, "jsonl", standard_input) as source:
            lines = source.lines()
            position = self._skip(lines, start)
            items: list[TimedItem[Position]] = []
            try:
                for line in lines:
                    item = self._item(line, position)
                    position = _next(position, line) if item is None else item.position
                    items += [] if item is None else [item]
                    if position.line % at_once == 0:
                        yield Chunk(items, position)
                        items = []
            except (StoppedAtFirst, UnusableInput):
                yield Chunk(items, position)  # what stands before the damage is played
                raise
        yield Chunk(items, position)

    def _skip(self, lines: Iterator[Line], start: Position) -> Position:
        """Pass over the lines that were played before."""
        position = Position(first=start.first, begun=start.begun)
        while position.line < start.line and (line := next(lines, None)) is not None:
            position = _next(position, line)
        if (position.line, position.checksum) != (start.line, start.checksum):
            raise UnusableInput(
                f"{self.name} is not what was played before: its first {start.line:,} lines are others; "
                "--from-start plays it as a new one"
            )
        if position.line > self._counted:
            self.tally.before += position.line - self._counted
            self._counted = position.line
        return position

    def _item(self, line: Line, position: Position) -> TimedItem[Position] | None:
        counts = line.number > self._counted
        self._counted = max(self._counted, line.number)
        if not line.text.strip() and line.fault is None:
            self.tally.blank += counts
            return None
        try:
            timed = self._timed(line, position)
        except RowError as error:
            if counts:
                self.tally.reject(Rejection(line.number, error.reason, error.detail))
            return None
        self.tally.items += counts
        return timed

    def _timed(self, line: Line, position: Position) -> TimedItem[Position]:
        if line.fault:
            raise RowError(line.fault)
        at, item = decode(line.text)
        after = _next(position, line)
        if self.shift:
            first, begun = after.first or at, after.begun or self._begun
            after = msgspec.structs.replace(after, first=first, begun=begun)
            redating = Redating(first, begun)
            at, item = redating.moment(at), redating.item(item)
        return TimedItem(at, item, after)


def _next(position: Position, line: Line) -> Position:
    checksum = zlib.crc32(line.text.encode(errors="surrogatepass"), position.checksum)
    return msgspec.structs.replace(position, line=position.line + 1, checksum=checksum)


def _decoded(checkpoint: bytes | None) -> Position:
    if checkpoint is None:
        return Position()
    try:
        return msgspec.msgpack.decode(checkpoint, type=Position)
    except msgspec.DecodeError as damage:
        raise UnusableInput(
            f"the checkpoint is not one of a recorded feed ({damage}); --from-start forgets it"
        ) from damage
