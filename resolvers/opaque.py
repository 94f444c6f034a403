"""Opaque tokens: sealed, versioned, canonical. Cursors and global ids are made of them.

A token is base64url, without padding, of a seal and a payload; the seal is a keyed BLAKE2b of the payload. A token
that was altered, made by another key, or merely written differently does not open. Tokens grant nothing: the seal
keeps clients from building on their inside, it does not keep secrets.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from binascii import b2a_base64
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from storage.paging import Position, SortValue

VERSION = 1
LONGEST = 1_024
"""Characters of the longest token that is looked at; the longest this API makes has fewer."""

_SEAL = 6
_ENCODER = msgspec.json.Encoder()
_URLSAFE = bytes.maketrans(b"+/", b"-_")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def seal(key: bytes, kind: str, values: Position) -> str:
    """Make a token of a kind ("mentions", "Stock") and the values that it carries."""
    return seal_all(key, kind, (values,))[0]


def seal_all(key: bytes, kind: str, positions: Iterable[Position]) -> list[str]:
    """Make tokens of one kind; what they share is prepared once."""
    keyed = _keyed(key)
    tokens = []
    for values in positions:
        payload = _ENCODER.encode([VERSION, kind, *map(_plain, values)])
        mac = keyed.copy()
        mac.update(payload)
        tokens.append(b2a_base64(mac.digest() + payload, newline=False).translate(_URLSAFE, b"=").decode())
    return tokens


def unseal(key: bytes, token: str) -> tuple[str, Position] | None:
    """Open a token; None unless this API made exactly these characters."""
    if not token.isascii() or len(token) > LONGEST:
        return None
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (NotBase64, ValueError):
        return None
    mac, payload = raw[:_SEAL], raw[_SEAL:]
    if not hmac.compare_digest(mac, _mac(key, payload)):
        return None
    version, kind, *values = msgspec.json.decode(payload)
    position = tuple(map(_lively, values))
    if version != VERSION or seal(key, kind, position) != token:
        return None
    return kind, position


def _mac(key: bytes, payload: bytes) -> bytes:
    mac = _keyed(key)
    mac.update(payload)
    return mac.digest()


def _keyed(key: bytes) -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=_SEAL, key=key[: hashlib.blake2b.MAX_KEY_SIZE])


def _plain(value: SortValue) -> object:
    """Instants travel as whole microseconds in a list of one, apart from plain numbers."""
    return [(value - _EPOCH) // _MICROSECOND] if isinstance(value, datetime) else value


def _lively(value: Any) -> SortValue:
    """Undo `_plain`; the seal vouches for the types."""
    instant_or_plain: SortValue = _EPOCH + value[0] * _MICROSECOND if isinstance(value, list) else value
    return instant_or_plain
