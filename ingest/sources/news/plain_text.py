"""HTML as the words a reader sees: scripts and styles out, blocks apart, entities resolved.

Feeds are written by strangers, so the time is linear in the length whatever the text: the standard library's parser
needs the square of it for "<!--<!--<!--…", which is minutes for half a megabyte.
"""

import re
from typing import Final

from ingest.sources.bounds import unescaped

_SILENT: Final = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "head"})
_INLINE: Final = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
    }
)
# No part passes a "<", so a search that fails has looked no farther than the next one; nothing is tried twice.
_TAG: Final = re.compile(
    r"""<(?P<close>/?)(?P<name>[a-zA-Z][^\s<>/"']*+)(?:(?:[^<>"']|"[^"<]*"|'[^'<]*')*+>|[^<>]*+>)"""
)
_DECLARATION: Final = re.compile(r"<[!?][^<>]*+>")
_COMMENT: Final = "<!--"


def plain_text(html: str) -> str:
    """Return the text on one line, with single spaces; text without markup comes back as it is, entities resolved."""
    pieces: list[str] = []
    position = 0
    while (start := html.find("<", position)) >= 0:
        pieces.append(html[position:start])
        position, piece = _markup(html, start)
        pieces.append(piece)
    pieces.append(html[position:])
    return " ".join(unescaped("".join(pieces)).split())


def _markup(html: str, start: int) -> tuple[int, str]:
    """Return where what begins with this "<" ends, and what it leaves: nothing, a space, or itself if it is text."""
    if html.startswith(_COMMENT, start):
        end = html.find("-->", start + len(_COMMENT))
        return (len(html) if end < 0 else end + 3), " "
    if tag := _TAG.match(html, start):
        name = tag["name"].lower()
        if name in _SILENT and not tag["close"]:
            return _end_of(name, html, tag.end()), " "
        return tag.end(), "" if name in _INLINE else " "
    if declaration := _DECLARATION.match(html, start):
        return declaration.end(), " "
    return start + 1, "<"


def _end_of(name: str, html: str, start: int) -> int:
    """Return where a silent element ends: at its end tag, or with the text."""
    closing = re.compile(f"</{name}[^<>]*+>", re.IGNORECASE).search(html, start)
    return len(html) if closing is None else closing.end()
