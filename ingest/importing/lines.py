"""Lines of text from bytes, each with its number, never more than one bounded line in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_LINE_BYTES = 1 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its line end; `fault` says why its text cannot be trusted, else None."""

    number: int
    text: str
    fault: str | None = None


def read_lines(data: BinaryIO) -> Iterator[Line]:
    """Read UTF-8 lines, a leading byte order mark dropped; a line beyond MAX_LINE_BYTES is skipped and says so."""
    number = 0
    while raw := data.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES:
            _skip_rest(data, raw)
            yield Line(number, "\n", f"line longer than {MAX_LINE_BYTES:,} bytes")
        else:
            yield _line(number, raw.removeprefix(_BYTE_ORDER_MARK) if number == 1 else raw)


def _skip_rest(data: BinaryIO, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = data.readline(MAX_LINE_BYTES)


def _line(number: int, raw: bytes) -> Line:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return Line(number, raw.decode(errors="replace"), "not UTF-8")
    return Line(number, text, "NUL byte" if "\0" in text else None)
