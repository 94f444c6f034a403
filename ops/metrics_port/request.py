"""The head of a request, read within bounds: scrapes have no body, and whatever else comes is not read."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

import httptools

MOST_BYTES: Final = 16_384
SECONDS: Final = 5.0


class BadHead(Exception):
    """What came is no head of an HTTP request, or too long a one; the connection is closed."""


@dataclass(slots=True)
class Head:
    """Method, path and raw headers with names in small letters."""

    method: str = ""
    path: str = ""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


class _Parsed:
    """Called by the parser."""

    def __init__(self) -> None:
        self.head = Head()

    def on_url(self, url: bytes) -> None:
        self.head.path += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self.head.headers.append((name.lower(), value))


async def read_head(reader: asyncio.StreamReader) -> Head:
    """Read up to the end of a request's headers. Raise BadHead, and TimeoutError where it does not come in time."""
    try:
        async with asyncio.timeout(SECONDS):
            raw = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError) as error:
        raise BadHead(type(error).__name__) from error
    parsed = _Parsed()
    parser = httptools.HttpRequestParser(parsed)
    try:
        parser.feed_data(raw)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
        raise BadHead(str(error)) from error
    parsed.head.method = parser.get_method().decode("latin-1")
    parsed.head.path = parsed.head.path.partition("?")[0]
    return parsed.head
