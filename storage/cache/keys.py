"""Where the cache's values stand in Redis. The braces keep all on one node of a cluster, so that one MGET reads them.

Every value can be lost at any time: a version that is missing makes what depended on it uncertain, so unused. Versions
do not expire by themselves; there are as many as listed stocks and kinds, some hundred bytes each.
"""

from typing import Final

PREFIX: Final = "insitechart:{cache}:"
VERSION_PREFIX: Final = f"{PREFIX}v:"
"""Before a tag: the key whose value changes with every write of what the tag names."""
ROW_PREFIX: Final = f"{PREFIX}r:"
FLIGHT_PREFIX: Final = f"{PREFIX}f:"
COUNTERS_PREFIX: Final = f"{PREFIX}n:"
ASKED: Final = f"{PREFIX}asked"
LOST: Final = f"{PREFIX}lost"
"""The channel on which a writer that could not set versions says so."""


def version_key(tag: str) -> str:
    """Return where a tag's version stands."""
    return VERSION_PREFIX + tag


def tag_of(key: bytes) -> str:
    """Return the tag whose version stands there; a stranger's key must not hide what is told together with it."""
    return key[len(VERSION_PREFIX) :].decode(errors="replace")
