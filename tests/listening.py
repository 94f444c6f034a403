"""The end of a server of asyncio's own, without the connections that it has taken and not yet begun."""

import asyncio

_TURNS = 3
"""Turns of the loop in which a connection that was taken gets its transport: one for its task, and two to spare."""


async def listen_no_more(server: asyncio.Server) -> None:
    """Take no more connections, let those that were taken begin, and close.

    A server that is closed in between loses them: their sockets stay open until they are collected
    (https://github.com/python/cpython/issues/109564).
    """
    loop = asyncio.get_running_loop()
    for listener in server.sockets:
        loop.remove_reader(listener)
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    server.close()
