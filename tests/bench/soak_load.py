"""The load of a soak: whatever clients do, at a low rate, good and bad, in an order that a seed decides."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import httpx

from tests.bench.socket_clients import SocketClient, subscribe_message

_SYMBOLS: Final = ("AAPL", "MSFT", "NVDA", "TSLA", "AMZN", "GOOGL", "META", "AMD", "NFLX", "INTC", "BA", "JPM")
_STOCK: Final = """query Stock($symbol: String!, $first: Int!) { stock(symbol: $symbol) {
  symbol name quote { price changePercent } sentiment(timeframe: DAY) { averageScore mentionCount }
  mentions(first: $first) { edges { node { text score postedAt } } } } }"""
_LIST: Final = """query List($first: Int!) { stocks(first: $first) { edges { node { symbol quote { price }
  sentiment { averageScore } mentions(first: 3) { edges { node { score } } } } } } }"""
_KEPT: Final = "{ trending { entries { rank stock { symbol } mentionCount } } }"
_QUOTES: Final = """subscription Quotes($symbols: [String!]!) { quoteUpdated(symbols: $symbols) { cursor } }"""
_REFUSED: Final = (
    "{ nothing }",
    "{ stock(symbol: 1",
    "{ stocks(first: 100000) { edges { node { symbol } } } }",
    "{" + "a:stocks{edges{node{" * 9 + "symbol" + "}}}" * 9 + "}",
)
SOCKETS: Final = 40
"""Subscriptions open at once, at most; the oldest is closed for a new one."""


class Load:
    """Sends one thing after the other until told to stop; `counts` says what was done, and how it was answered."""

    def __init__(self, host: str, port: int, rate: float, seed: int = 7) -> None:
        self.counts: Counter[str] = Counter()
        self._host, self._port, self._pause = host, port, 1 / rate
        self._random = random.Random(seed)
        self._sockets: list[SocketClient] = []
        self._client = httpx.AsyncClient(base_url=f"http://{host}:{port}", timeout=20)

    async def run(self, stop: asyncio.Event) -> None:
        """Load the server until the stop, then close everything."""
        deeds: list[tuple[Callable[[], Awaitable[None]], int]] = [
            (self._query, 50), (self._ask_again, 20), (self._subscribe, 12), (self._unsubscribe, 6),
            (self._ask_badly, 6), (self._leave, 6),
        ]  # fmt: skip
        chosen, weights = zip(*deeds, strict=True)
        async with self._client:
            while not stop.is_set():
                try:
                    await self._random.choices(chosen, weights)[0]()
                except (httpx.HTTPError, OSError) as error:
                    self.counts[f"failed: {type(error).__name__}"] += 1
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._random.expovariate(1 / self._pause)):
                        await stop.wait()
        for socket in self._sockets:
            socket.close()
        self._sockets.clear()

    async def _query(self) -> None:
        if self._random.random() < 0.5:
            symbol, first = self._random.choice(_SYMBOLS), self._random.randint(1, 50)
            await self._post(_STOCK, {"symbol": symbol, "first": first})
        else:
            await self._post(_LIST, {"first": self._random.randint(1, 60)})

    async def _ask_again(self) -> None:
        await self._post(_KEPT, {})

    async def _ask_badly(self) -> None:
        await self._post(self._random.choice(_REFUSED), {})

    async def _post(self, query: str, variables: dict[str, object]) -> None:
        answer = await self._client.post("/graphql", json={"query": query, "variables": variables})
        self.counts[str(answer.status_code)] += 1

    async def _leave(self) -> None:
        """Ask for much, and be gone before the answer."""
        _, writer = await asyncio.open_connection(self._host, self._port)
        body = json.dumps({"query": _LIST, "variables": {"first": self._random.randint(20, 90)}}).encode()
        head = f"POST /graphql HTTP/1.1\r\nHost: soak\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        writer.write(head.encode() + b"\r\n\r\n" + body[: self._random.choice((len(body) // 2, len(body)))])
        await asyncio.sleep(self._random.random() * 0.02)
        writer.transport.abort()
        self.counts["left"] += 1

    async def _subscribe(self) -> None:
        while len(self._sockets) >= SOCKETS:
            self._sockets.pop(0).close()
        symbols = self._random.sample(_SYMBOLS, 3)
        message = subscribe_message(_QUOTES, {"symbols": symbols})
        loop = asyncio.get_running_loop()
        host = f"{self._host}:{self._port}"
        _, socket = await loop.create_connection(lambda: SocketClient(host, message), self._host, self._port)
        self._sockets.append(socket)
        self.counts["subscribed"] += 1

    async def _unsubscribe(self) -> None:
        if self._sockets:
            socket = self._sockets.pop(self._random.randrange(len(self._sockets)))
            self.counts["updates"] += socket.updates
            socket.close()
