"""Where the cache's values stand in Redis. The braces keep all on one node of a cluster, so that one MGET reads them.

Every value can be lost at any time: a version that is missing makes what depended on it uncertain, so unused.
"""

from typing import Final

from storage.cache.tags import WHOLE

PREFIX: Final = "insitechart:{cache}:"
VERSION_PREFIX: Final = f"{PREFIX}v:"
"""Before a tag: the key whose value changes with every write of what the tag names."""
ROW_PREFIX: Final = f"{PREFIX}r:"
FLIGHT_PREFIX: Final = f"{PREFIX}f:"
COUNTERS_PREFIX: Final = f"{PREFIX}n:"
ASKED: Final = f"{PREFIX}asked"
LOST: Final = f"{PREFIX}lost"
"""The channel on which a writer that could not set versions says so."""

VERSION_SECONDS: Final = 86_400
"""How long a version lives without a write; longer than any value that depends on it."""


def version_key(tag: str) -> str:
    """Return where a tag's version stands."""
    return VERSION_PREFIX + tag


def lifetime(tag: str) -> int | None:
    """Return the seconds that a tag's version lives; those of whole kinds, a handful, stay: their end drops all."""
    return None if tag.endswith(WHOLE) else VERSION_SECONDS


def tag_of(key: bytes) -> str:
    """Return the tag whose version stands there."""
    return key[len(VERSION_PREFIX) :].decode()
