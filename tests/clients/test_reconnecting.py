"""The clients that people use come back by themselves when a server goes: none takes the drain for the end."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.asgi_exchange import PATIENCE, with_lifespan
from tests.flows.subscribers import served, until_joined
from tests.live_server import live

CHECKS = Path(__file__).resolve().parents[2] / "clients" / "checks"
INSTALLED = [CHECKS / "node_modules" / name for name in ("graphql-sse", "graphql-ws", "ws")]


@asynccontextmanager
async def following(kind: str, url: str) -> AsyncIterator[asyncio.StreamReader]:
    """Run a client; yield what it prints."""
    node = shutil.which("node")
    if node is None or not all(folder.exists() for folder in INSTALLED):
        pytest.skip("Node.js or its packages are not there; `make clients-check` installs them")
    client = await asyncio.create_subprocess_exec(
        node, "follow.js", kind, url, "AAPL", cwd=CHECKS, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert client.stdout is not None
        yield client.stdout
    finally:
        if client.returncode is None:
            client.kill()
        await client.wait()


@pytest.mark.parametrize("kind", ["ws", "sse"])
async def test_a_client_comes_back_after_the_drain(plain_database_url: str, redis_url: str, kind: str) -> None:
    """One server sends an update and is stopped; the next on its port is subscribed to, and sends the next update."""
    async with AsyncExitStack() as opened:
        api = await opened.enter_async_context(served(plain_database_url, redis_url))
        server = await opened.enter_async_context(live(with_lifespan(api.app), api.drain, api.settings))
        printed = await opened.enter_async_context(following(kind, f"{server.url}/graphql"))
        await until_joined(api, 1)
        await api.mention(1)
        assert await line(printed) == "Post 1 about $AAPL"
        server.stop()
        await server.task
        another = await opened.enter_async_context(served(plain_database_url, redis_url))
        await opened.enter_async_context(live(with_lifespan(another.app), another.drain, another.settings, server.port))
        await until_joined(another, 1)
        await another.mention(2)
        assert await line(printed) == "Post 2 about $AAPL"


async def line(printed: asyncio.StreamReader) -> str:
    """Read a line."""
    async with asyncio.timeout(PATIENCE):
        return (await printed.readline()).decode().strip()
