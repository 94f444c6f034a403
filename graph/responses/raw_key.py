"""What a request's answer is looked up by before the request is parsed."""

import hashlib

RawKey = bytes

LONGEST_RAW = 65_536
"""Bytes of the longest request that is looked up before it is parsed: beyond, hashing costs as much as it saves."""


def raw_key(method: str, path: str, revision: int, raw: bytes) -> RawKey | None:
    """Return what a request is looked up by: its way in, its bytes, and the revision of what ids in them stand for.

    None where these bytes are too many.
    """
    if len(raw) > LONGEST_RAW:
        return None
    way = f"{revision} {method} {path}\n".encode()
    return hashed(way + raw)


def hashed(raw: bytes) -> bytes:
    """Return a hash of 16 bytes."""
    return hashlib.blake2b(raw, digest_size=16).digest()
