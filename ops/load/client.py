"""Speaks HTTP with the server under load, and says in a word why an answer is none."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

OPERATOR = "x-insitechart-operator"
_OK = 200
_MOST_METRICS = 64 * 2**20
_MOST_ANSWER = 16 * 2**20
_LONGEST_CODE = 60
_SCRAPE_SECONDS = 10.0


class Unreachable(Exception):
    """No server answers there; the message says where, and why."""


class Refused(Exception):
    """The server answers, and does not give what was asked for; the message says what would be right."""


class Client:
    """A client of one server, by its base URL. Proxies of the environment are not used: they would be measured too.

    Each request under way has a connection of its own, in a pool of its own: a pool of many is searched for each
    request, so that a client with hundreds of them would be slower than the server that it measures.
    """

    def __init__(self, opened: Callable[[], httpx.AsyncClient], token: str | None) -> None:
        self._opened = opened
        self._http = opened()
        self._idle: list[httpx.AsyncClient] = []
        self._token = token

    @property
    def url(self) -> str:
        """The server's base URL."""
        return str(self._http.base_url).rstrip("/")

    async def ask(self, path: str, body: dict[str, Any] | None) -> tuple[str | None, bytes]:
        """Return why an answer is none, None for a good one, and its content.

        An answer is good with status 200 and without errors; else the first code of its errors is told, or the status,
        or what became of the connection. Of one that does not end no more is read than any of ours may have.
        """
        http = self._idle.pop() if self._idle else self._opened()
        try:
            async with http.stream("GET" if body is None else "POST", path, json=body) as answer:
                content = b""
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > _MOST_ANSWER:
                        return "TOO_LARGE", b""
        except (httpx.HTTPError, ssl.SSLError) as error:
            return type(error).__name__, b""
        finally:
            self._idle.append(http)
        return _code(content) or (None if answer.status_code == _OK else f"HTTP {answer.status_code}"), content

    async def reach(self) -> None:
        """Raise Unreachable unless a server answers, whatever it says."""
        try:
            async with asyncio.timeout(_SCRAPE_SECONDS):
                await self._http.get("/livez")
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            reason = str(error) or type(error).__name__
            raise Unreachable(f"no server answers at {self._http.base_url}: {reason}") from error

    async def operators(self, url: str, accept: str) -> bytes:
        """Return what an address for operators answers. Raises Unreachable and Refused."""
        headers = {"accept": accept} | ({OPERATOR: self._token} if self._token else {})
        try:
            async with asyncio.timeout(_SCRAPE_SECONDS), self._http.stream("GET", url, headers=headers) as answer:
                content = b""
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > _MOST_METRICS:
                        raise Refused(f"{url} answers with more than {_MOST_METRICS:,} bytes")
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            raise Unreachable(f"{url} does not answer: {str(error) or type(error).__name__}") from error
        if answer.status_code != _OK:
            raise Refused(f"{url} answers with status {answer.status_code}{_remedy(answer.status_code, self._token)}")
        return content

    async def close(self) -> None:
        """Close all connections; nothing may be under way."""
        for http in (self._http, *self._idle):
            await http.aclose()


@asynccontextmanager
async def open_client(url: str, token: str | None) -> AsyncIterator[Client]:
    """Open a client, which has as many connections as it was ever asked for at once; nothing is sent yet."""
    trust = ssl.create_default_context()
    client = Client(lambda: httpx.AsyncClient(base_url=url, verify=trust, timeout=None, trust_env=False), token)  # noqa: S113
    try:
        yield client
    finally:
        await client.close()


def _remedy(status: int, token: str | None) -> str:
    if status in {401, 403}:
        return (
            ": the operator's token is another"
            if token
            else ": it wants the operator's token in INSITECHART_OPERATOR_TOKEN"
        )
    return ": is it InsiteChart, of this version, and its address without a path, as http://127.0.0.1:8000?"


def _code(content: bytes) -> str | None:
    if b'"errors"' not in content:
        return None
    try:
        match msgspec.json.decode(content):
            case {"errors": [{"extensions": {"code": str(code)}}, *_]}:
                return code[:_LONGEST_CODE]
            case {"errors": [_, *_]}:
                return "ERRORS"
    except (msgspec.DecodeError, RecursionError):
        return "NOT_JSON"
    return None
