"""A web server on a real socket that answers as a test says, and in all the ways that servers go wrong."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """What came in; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes out. `cut` ends the connection after so many bytes of the body; `silent` never answers."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    silent: bool = False


Handler = Callable[[Request], Reply]


def json_reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Make a reply of JSON."""
    return Reply(status, json.dumps(value).encode(), {"content-type": "application/json", **(headers or {})})


class Web:
    """Answers by path: a handler, one reply for ever, or a list of replies of which the last stays."""

    def __init__(self) -> None:
        self.routes: dict[str, Handler | Reply | list[Reply]] = {}
        self.requests: list[Request] = []
        self.url = ""

    def asked(self, path: str) -> list[Request]:
        """Return the requests for a path, in order."""
        return [request for request in self.requests if request.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, then close."""
        try:
            request = await _read(reader)
            self.requests.append(request)
            await self._answer(self._reply(request), reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _reply(self, request: Request) -> Reply:
        route = self.routes.get(request.path, Reply(404, b"no such route"))
        if isinstance(route, list):
            return route.pop(0) if len(route) > 1 else route[0]
        return route if isinstance(route, Reply) else route(request)

    async def _answer(self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if reply.silent:
            await reader.read()  # until the client leaves
            return
        head = {"content-length": str(len(reply.body)), "connection": "close", **reply.headers}
        lines = [f"HTTP/1.1 {reply.status} Whatever", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + reply.body[: reply.cut])
        await writer.drain()
        if reply.cut is not None:
            writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Request:
    method, target, _ = (await reader.readline()).decode().split()
    headers: dict[str, str] = {}
    while line := (await reader.readline()).decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    return Request(method, parts.path, dict(parse_qsl(parts.query)), headers, body.decode())


@asynccontextmanager
async def served() -> AsyncIterator[Web]:
    """Serve on a free port until the block ends."""
    web = Web()
    server = await asyncio.start_server(web.serve, "127.0.0.1", 0)
    web.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield web
    finally:
        server.close()
