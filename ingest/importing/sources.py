"""Opens a file or standard input, compressed with gzip or not, and knows how much of it has been read."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO, Literal, cast

from ingest.importing.faults import UnusableInput
from ingest.importing.lines import Line, read_lines

Format = Literal["csv", "jsonl"]
STANDARD_INPUT = "-"
_GZIP_MAGIC = b"\x1f\x8b"
_SUFFIXES: dict[str, Format] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}
_HEAD_BYTES = 4_096
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Source:
    """An open input: `size` is in stored (compressed) bytes, None where it cannot be known (pipes)."""

    name: str
    format: Format
    size: int | None
    _data: BinaryIO
    _stored: BinaryIO

    def lines(self) -> Iterator[Line]:
        """Read its lines, uncompressed; raises UnusableInput where the data turns out damaged or cut off."""
        with _damage_named(self.name):
            yield from read_lines(self._data)

    def position(self) -> int | None:
        """Tell how many stored bytes have been read, or None where that cannot be known."""
        return self._stored.tell() if self.size is not None else None


@contextmanager
def open_source(name: str, declared: Format | None = None, standard_input: RawIOBase | None = None) -> Iterator[Source]:
    """Open a path, or standard input for "-"; the format is declared, or told by name, or by the first byte.

    `standard_input` is read in its place. Raises UnusableInput for what is missing, a folder, forbidden or binary.
    """
    with ExitStack() as stack:
        with _damage_named(name):
            stored = stack.enter_context(_stored(name, standard_input))
            size = Path(name).stat().st_size if name != STANDARD_INPUT and stored.seekable() else None
            head = stored.peek(_HEAD_BYTES)
            unpacked = gzip.GzipFile(fileobj=stored) if head.startswith(_GZIP_MAGIC) else None
            text = unpacked.peek(_HEAD_BYTES) if unpacked else head
        _refuse_binary(name, text)
        data = cast("BinaryIO", unpacked or stored)
        yield Source(name, declared or _format(name, text), size, data, cast("BinaryIO", stored))


@contextmanager
def _stored(name: str, standard_input: RawIOBase | None) -> Iterator[BufferedReader]:
    if name != STANDARD_INPUT:
        with Path(name).open("rb") as stored:
            yield stored
        return
    reader = BufferedReader(standard_input or cast("RawIOBase", sys.stdin.buffer))
    try:
        yield cast("BufferedReader", reader)
    finally:
        reader.detach()


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as damage:
        raise UnusableInput(f"{name}: the compressed data is damaged or cut off: {damage}") from damage
    except OSError as failure:
        raise UnusableInput(f"{name}: {failure.strerror or failure}") from failure


def _refuse_binary(name: str, head: bytes) -> None:
    if head.startswith(_WIDE_MARKS):
        raise UnusableInput(f"{name}: this is UTF-16 text; save it as UTF-8")
    if b"\0" in head.split(b"\n", 1)[0]:
        raise UnusableInput(f"{name}: this is binary data, neither CSV nor JSON Lines")


def _format(name: str, head: bytes) -> Format:
    path = Path(name.removesuffix(".gz"))
    known = _SUFFIXES.get(path.suffix.lower())
    return known or ("jsonl" if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" else "csv")
