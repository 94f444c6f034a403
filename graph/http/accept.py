"""What a client can read, from its Accept header (RFC 9110, section 12.5.1)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from starlette.datastructures import Headers

MediaType = Literal["application/graphql-response+json", "application/json", "text/event-stream", "text/html"]
RESPONSE_JSON: MediaType = "application/graphql-response+json"
JSON: MediaType = "application/json"
EVENT_STREAM: MediaType = "text/event-stream"
HTML: MediaType = "text/html"

_ABSENT = "*/*"
_MOST_RANGES = 50
_UTF_8 = ("utf-8", "utf8")
_MOST_REMEMBERED = 1_000
_LONGEST_REMEMBERED = 300  # bytes; a browser's has some 130


@dataclass(frozen=True, slots=True)
class _Range:
    type: str
    quality: float
    position: int

    def specificity(self, media_type: str) -> int:
        """Return 3 for the type itself, 2 for `type/*`, 1 for `*/*`, 0 where the range does not cover it."""
        if self.type == media_type:
            return 3
        if self.type == f"{media_type.partition('/')[0]}/*":
            return 2
        return 1 if self.type == "*/*" else 0


class Accept:
    """The parsed header; without one, anything goes."""

    __slots__ = ("_json", "_prefers_stream", "_ranges")

    def __init__(self, header: str | None) -> None:
        items = (header or _ABSENT).split(",")[:_MOST_RANGES]
        self._ranges = [found for position, item in enumerate(items) if (found := _read_range(item, position))]
        self._json = self._best((RESPONSE_JSON, JSON))
        self._prefers_stream = self._wants_stream()

    def json(self) -> MediaType | None:
        """Return the JSON type that the client likes best, the newer one where it is indifferent, or None."""
        return self._json

    def prefers_stream(self) -> bool:
        """Whether an ordinary result should come as an event stream: named, and wanted more than any JSON.

        An equal wish is not enough: urql names both with every query and reads only JSON.
        """
        return self._prefers_stream

    def _wants_stream(self) -> bool:
        stream = self._match(EVENT_STREAM)
        if stream is None or stream.type != EVENT_STREAM:
            return False
        return all(stream.quality > found.quality for found in self._matches((RESPONSE_JSON, JSON)))

    def takes_stream(self) -> bool:
        """Whether the client can read an event stream at all."""
        return self._match(EVENT_STREAM) is not None

    def prefers_html(self) -> bool:
        """Whether a person seems to look: HTML is named, and nothing else that we speak is wanted as much."""
        page = self._match(HTML)
        if page is None or page.type != HTML:
            return False
        others = self._matches((RESPONSE_JSON, JSON, EVENT_STREAM))
        return all((page.quality, -page.position) > (found.quality, -found.position) for found in others)

    def _best(self, types: tuple[MediaType, ...]) -> MediaType | None:
        found = [(media_type, match) for media_type in types if (match := self._match(media_type))]
        if not found:
            return None
        return max(found, key=lambda pair: (pair[1].quality, -pair[1].position))[0]

    def _matches(self, types: tuple[MediaType, ...]) -> list[_Range]:
        return [match for media_type in types if (match := self._match(media_type))]

    def _match(self, media_type: MediaType) -> _Range | None:
        """Return the most specific range for a type; None where there is none or its quality is 0."""
        covering = [found for found in self._ranges if found.specificity(media_type)]
        if not covering:
            return None
        best = max(covering, key=lambda found: (found.specificity(media_type), -found.position))
        return best if best.quality > 0 else None


def read_accept(header: bytes | None) -> Accept:
    """Parse a header, or remember how it was parsed: clients send a few."""
    if header is not None and len(header) > _LONGEST_REMEMBERED:
        return Accept(header.decode("latin-1"))
    return _remembered(header)


def accept_of(headers: Headers) -> Accept:
    """Parse the Accept of a request; lines of that name are one list (RFC 9110, section 5.3)."""
    return Accept(", ".join(headers.getlist("accept")) or None)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _remembered(header: bytes | None) -> Accept:
    return Accept(header.decode("latin-1") if header is not None else None)


def _read_range(item: str, position: int) -> _Range | None:
    media_type, *parameters = (part.strip().lower() for part in item.split(";"))
    if "/" not in media_type:
        return None
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            quality = _read_quality(value.strip())
        elif name.strip() == "charset" and value.strip().strip('"') not in _UTF_8:
            return None
    return _Range(media_type, quality, position)


def _read_quality(text: str) -> float:
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0
