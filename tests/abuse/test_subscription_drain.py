"""The stop signal with a thousand subscribers: each is told to come back, and the server ends."""

import asyncio

from tests.asgi_exchange import PATIENCE, until, with_lifespan
from tests.bench.socket_clients import connect, subscribe_message
from tests.flows.subscribers import QUOTES, served
from tests.live_server import live

SUBSCRIBERS = 1_000
RESTART = 1012


async def test_a_thousand_sockets_are_told_to_reconnect(plain_database_url: str, redis_url: str) -> None:
    """1012 for every one, no subscription left, and the server's task done."""
    async with served(plain_database_url, redis_url, limits={"connections": SUBSCRIBERS + 1}) as api:
        async with live(with_lifespan(api.app), api.drain, api.settings) as server:
            message = subscribe_message(QUOTES, {"symbols": ["AAPL"]})
            clients = await connect(server.host, server.port, SUBSCRIBERS, message)
            assert (api.hub.members, api.hub.groups) == (SUBSCRIBERS, 1)
            server.stop()
            async with asyncio.timeout(PATIENCE):
                await server.task
            await until(lambda: all(client.lost for client in clients))
        assert {client.close_code for client in clients} == {RESTART}
        assert (api.hub.members, api.hub.groups) == (0, 0)
