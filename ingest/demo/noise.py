"""Randomness by name instead of by order: the numbers of one key are the same whenever and wherever they are drawn.

A generator with state would make an hour depend on all hours before it; here each key (a symbol and a week, an hour
and a post's number) has its own stream, cut from an extendable hash.
"""

import struct
from hashlib import shake_128
from statistics import NormalDist

_UNIT = 1.0 / 2**32
_STANDARD = NormalDist()


def uniforms(key: str, count: int) -> list[float]:
    """Draw the first `count` numbers of a key's stream, evenly spread over the open interval (0, 1)."""
    words = struct.unpack(f"<{count}I", shake_128(key.encode()).digest(4 * count))
    return [(word + 0.5) * _UNIT for word in words]


def normals(key: str, count: int) -> list[float]:
    """Draw the first `count` numbers of a key's stream, spread like a standard normal distribution."""
    return [_STANDARD.inv_cdf(number) for number in uniforms(key, count)]
