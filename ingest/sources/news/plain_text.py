"""HTML as the words a reader sees: scripts and styles out, blocks apart, entities resolved."""

from html.parser import HTMLParser
from typing import Final

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
        "u",
    }
)


def plain_text(html: str) -> str:
    """Return the text on one line, with single spaces; text without markup comes back as it is, entities resolved."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.pieces).split())


class _Reader(HTMLParser):
    """Gathers the pieces of text; a tag that is not inline is a space."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  the base's
        """Begin a silent element, or a block."""
        self._silent += tag in _SILENT
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        self._silent = max(0, self._silent - (tag in _SILENT))
        self._part(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  the base's
        """Part the words on both sides of an empty element."""
        self._part(tag)

    def handle_data(self, data: str) -> None:
        """Keep text that a reader sees."""
        if not self._silent:
            self.pieces.append(data)

    def _part(self, tag: str) -> None:
        if tag not in _INLINE:
            self.pieces.append(" ")
