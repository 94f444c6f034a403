"""The files that are read: named, matched or piped in; plain or gzip; each under a clean name in one folder.

DuckDB may open that folder and nothing else. The names there are our own, for it would take `*` and `[` in others as
patterns, and `s3://` as an address.
"""

import gzip
import sys
import zlib
from collections.abc import Iterator, Sequence
from glob import glob, has_magic
from pathlib import Path
from typing import IO, cast

import msgspec

LONGEST_LINE = 8 * 1024 * 1024
"""Bytes of a line that is still read; DuckDB gives up a whole file at twice as many."""
_BLOCK = 1024 * 1024
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


class NotThere(ValueError):
    """A file that is not there or cannot be read, or a pattern that fits none."""


class Copied(msgspec.Struct):
    """What a cleaned copy lacks: lines that were too long, and files whose compressed end is missing or broken."""

    too_long: int = 0
    broken: list[str] = []


class Sources:
    """The files of one analysis. `paths` are what DuckDB is to read; `copied` tells of what was cut out of copies."""

    def __init__(self, names: Sequence[str], folder: Path) -> None:
        self.copied = Copied()
        self._folder = folder
        found = {path.resolve() if path is not None else None: path for name in names for path in _matches(name)}
        self._files = list(found.values())  # a file that two patterns fit is read once
        self.names = [str(path) if path is not None else "-" for path in self._files]
        self.paths = [self._at_hand(number, path) for number, path in enumerate(self._files)]

    def copy_all(self) -> None:
        """Copy every file line by line, without what cannot be read."""
        for number, path in enumerate(self._files):
            if path is not None and path.is_file():
                self.paths[number] = self._copy(number, path)

    def _at_hand(self, number: int, path: Path | None) -> Path:
        if path is None or not path.is_file():  # what flows can be read only once
            return self._copy(number, path)
        try:
            with path.open("rb") as stream:
                beginning = stream.read(4)
        except OSError as error:
            raise NotThere(f"{path}: {error.strerror or error}") from error
        if beginning == _ZSTD:
            raise NotThere(f"{path}: compressed by zstd; pipe it in: zstd -dc FILE | insitechart logs analyze -")
        link = self._folder / (f"{number}.jsonl.gz" if beginning.startswith(_GZIP) else f"{number}.jsonl")
        link.symlink_to(path.resolve())
        return link

    def _copy(self, number: int, path: Path | None) -> Path:
        name = self.names[number]
        target = self._folder / f"{number}-copy.jsonl"
        with path.open("rb") if path is not None else sys.stdin.buffer as stream, target.open("wb") as copy:
            for line in _lines(_plain(stream, self.copied, name)):
                if line is None:
                    self.copied.too_long += 1
                else:
                    copy.write(line)
        return target


def _matches(name: str) -> list[Path | None]:
    if name == "-":
        return [None]
    path = Path(name)
    if path.is_dir():
        raise NotThere(f"{name}: a folder; name its files, as {path / '*.log*'}")
    if path.exists():
        return [path]
    found = sorted(glob(name, recursive=True)) if has_magic(name) else []  # noqa: PTH207  pathlib reads no absolute one
    files: list[Path | None] = [each for each in map(Path, found) if each.is_file()]
    if not files:
        raise NotThere(f"{name}: no file fits this pattern" if has_magic(name) else f"{name}: no such file")
    return files


def _plain(stream: IO[bytes], copied: Copied, name: str) -> Iterator[bytes]:
    """Yield blocks of a stream, decompressed if need be, up to where it breaks off."""
    first = stream.read(_BLOCK)
    if not first.startswith(_GZIP):
        while first:
            yield first
            first = stream.read(_BLOCK)
        return
    unzipped = gzip.GzipFile(fileobj=cast("IO[bytes]", _Joined(first, stream)))
    try:
        while block := unzipped.read1(_BLOCK):
            yield block
    except (EOFError, zlib.error, gzip.BadGzipFile):
        copied.broken.append(name)


class _Joined:
    """What was read of a stream, and then its rest."""

    def __init__(self, first: bytes, rest: IO[bytes]) -> None:
        self._first = first
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        if not self._first:
            return self._rest.read(size)
        some, self._first = (self._first, b"") if size < 0 else (self._first[:size], self._first[size:])
        return some


def _lines(blocks: Iterator[bytes]) -> Iterator[bytes | None]:
    """Yield whole lines, several at once; None for one that is too long, of which no more is held than it may have."""
    rest, skipping = b"", False
    for block in blocks:
        whole, newline, tail = block.rpartition(b"\n")
        if not newline:
            rest = b"" if skipping else rest + block
        else:
            if skipping:
                whole, skipping = whole.partition(b"\n")[2], False
                yield whole + b"\n"
            elif len(rest) + len(whole) + 1 > LONGEST_LINE:
                head, _, others = whole.partition(b"\n")
                yield None if len(rest) + len(head) > LONGEST_LINE else rest + head + b"\n"
                yield others + b"\n"
            else:
                yield rest + whole + b"\n"
            rest = tail
        if len(rest) > LONGEST_LINE:
            yield None
            rest, skipping = b"", True
    if rest:
        yield rest + b"\n"
