"""Clients of a served market: some ask for whatever there is to ask, one thing after the other; some follow a stock."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count

import httpx

from tests.bench.socket_clients import SocketClient, subscribe_message
from tests.flows.market import symbol
from tests.ops.embedded.users import ROOT

_OPERATIONS = ROOT / "clients" / "operations"
_PAUSE = 0.05
_REQUESTS: Sequence[tuple[str, Mapping[str, object]]] = (
    ("stock", {"symbol": "S003"}),
    ("stocks", {"first": 20}),
    ("searchStocks", {"text": "Comp"}),
    ("stocksBySymbol", {"symbols": [symbol(number) for number in range(30)]}),
    ("trending", {"timeframe": "DAY"}),
    ("mentions", {"symbol": "S006"}),
)


@asynccontextmanager
async def asked(url: str, clients: int) -> AsyncIterator[None]:
    """Have so many clients ask until the block ends; each answer has to be a good one."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        asking = [asyncio.create_task(_ask(client, place)) for place in range(clients)]
        try:
            yield
        finally:
            for task in asking:
                task.cancel()
            await asyncio.wait(asking)
    for task in asking:
        assert task.cancelled(), task.exception()


@asynccontextmanager
async def followed(url: str, about: str) -> AsyncIterator[None]:
    """Subscribe to what is said of a stock until the block ends."""
    at = httpx.URL(url)
    message = subscribe_message((_OPERATIONS / "mentionAdded.graphql").read_text(), {"symbols": [about]})
    loop = asyncio.get_running_loop()
    host = f"{at.host}:{at.port}"
    _, socket = await loop.create_connection(lambda: SocketClient(host, message), at.host, at.port or 80)
    try:
        yield
    finally:
        socket.close()


async def _ask(client: httpx.AsyncClient, place: int) -> None:
    for turn in count(place):
        name, variables = _REQUESTS[turn % len(_REQUESTS)]
        document = (_OPERATIONS / f"{name}.graphql").read_text()
        answer = await client.post("/graphql", json={"query": document, "variables": variables})
        assert answer.status_code == httpx.codes.OK, answer.text
        await asyncio.sleep(_PAUSE)
