"""Text on its way into SQL: what PostgreSQL cannot hold, and what LIKE would read as a pattern."""

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LAST = "\U0010ffff"


def storable(text: str) -> str:
    """Replace NUL and lone surrogates, which no PostgreSQL text can hold, by U+FFFD; such text matches nothing."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def containing(text: str) -> str:
    r"""Return the LIKE pattern of strings that contain `text`, with %, _ and \ taken literally."""
    escaped = storable(text).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def prefix_bounds(text: str) -> tuple[str, str]:
    """Return bounds [low, high) in bytewise order that hold the strings which start with `text`.

    A range, unlike LIKE with a parameter, uses the index under a generic plan too.
    """
    low = storable(text)
    return low, low + _LAST


def ascii_lower(text: str) -> str:
    """Lower-case ASCII letters only: what `lower(x COLLATE "C")` does on every server, whatever its locale."""
    return text.encode().lower().decode()
