"""A body as it arrives: unpacked and capped at once, for a few bytes can unpack to more than any memory holds.

Only gzip is asked for and taken, and only once: the driver would unpack whatever the header names, in as many layers.
"""

import zlib
from typing import Final

from ingest.sources.failures import Malformed

ACCEPTED: Final = "gzip"
_GZIP: Final = zlib.MAX_WBITS | 16
_PLAIN: Final = frozenset({"", "identity"})
_PACKED: Final = frozenset({"gzip", "x-gzip"})  # two names of one, RFC 9110, 8.4.1.3


class Body:
    """Takes the pieces of a body with a Content-Encoding; raises Malformed beyond `most` bytes, unpacked."""

    def __init__(self, encoding: str, most: int) -> None:
        name = encoding.strip().lower()
        if name not in _PLAIN | _PACKED:
            raise Malformed("the body's content encoding is not gzip, which alone was asked for")
        self._unpacker = zlib.decompressobj(_GZIP) if name in _PACKED else None
        self._most = most
        self._begun = False
        self._whole = bytearray()

    def add(self, piece: bytes) -> None:
        """Take a piece as it was sent."""
        self._begun = self._begun or bool(piece)
        self._whole += piece if self._unpacker is None else self._unpacked(self._unpacker, piece)
        if len(self._whole) > self._most:
            raise Malformed(f"the body exceeds {self._most:,} bytes")

    def whole(self) -> bytes:
        """Return the body once all of it has come."""
        if self._unpacker is not None and self._begun and not self._unpacker.eof:
            raise Malformed("the body's content encoding is broken off")
        return bytes(self._whole)

    def _unpacked(self, unpacker: "zlib._Decompress", piece: bytes) -> bytes:
        try:
            return unpacker.decompress(piece, self._most - len(self._whole) + 1)
        except zlib.error:
            raise Malformed("the body's content encoding is broken") from None
