"""Entries in Redis: MessagePack of what an answer depended on, and the answer.

An entry says itself under which key it stands, for a reply that went astray must not be believed; on which run of the
server it was made, for one that was restored from a file is older than what was written since; and the versions of its
tags as they were before the database was read.
"""

from collections.abc import Hashable, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from storage.cache.keys import ROW_PREFIX
from storage.cache.policy import RowPolicy

_encoder = msgspec.msgpack.Encoder()
encode_value = _encoder.encode
"""Encodes an answer."""


class StoredEntry(msgspec.Struct, frozen=True, array_like=True):
    """An entry; `until` is in seconds since 1970."""

    key: str
    server: bytes
    versions: bytes
    until: float
    value: msgspec.Raw


_decoder = msgspec.msgpack.Decoder(StoredEntry)


def row_keys(policy: RowPolicy, origin: str, segment: Hashable, params: list[Any]) -> dict[Any, str]:
    """Return where the answers stand: by database, loader, type, segment and param."""
    digest = blake2b(_encoder.encode(segment), digest_size=16).hexdigest()
    start = f"{ROW_PREFIX}{origin}:{policy.name}:{policy.shape}:{digest}:"
    return {param: start + (param if isinstance(param, str) else _digest(param)) for param in params}


def joined_versions(tags: tuple[str, ...], known: Mapping[str, bytes | None]) -> bytes | None:
    """Return the versions of the tags as one value, or None where one is missing."""
    found = [known[tag] for tag in tags]
    return None if None in found else b"\0".join(version for version in found if version is not None)


def encode_entry(key: str, server: bytes, versions: bytes, until: float, value: bytes) -> bytes:
    """Encode an entry of a value that is encoded already."""
    return _encoder.encode(StoredEntry(key, server, versions, until, msgspec.Raw(value)))


def decode_entry(body: bytes | None, key: str) -> StoredEntry | None:
    """Decode what stands under a key; None where that is nothing, or nothing of ours, or of another key."""
    if body is None:
        return None
    try:
        entry = _decoder.decode(body)
    except msgspec.MsgspecError:
        return None
    return entry if entry.key == key else None


def _digest(param: Hashable) -> str:
    return blake2b(_encoder.encode(param), digest_size=16).hexdigest()
