"""Server-sent events in graphql-sse's distinct connections mode: `next` for each result, `complete` at the end.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md. A stream that ends because the process does has no
`complete`: clients take that for the end of their subscription, and a response without it for a reason to come back.
"""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.types import Message, Receive, Send

from graph.drain import Drain
from graph.events.delivery import Delivery
from graph.http.disconnect import ClientLeft, stop, wait_for_disconnect

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would hold events back until its buffer is full
]
COMPLETE = b"event: complete\ndata:\n\n"
HEARTBEAT = b":\n\n"
RETRY_MILLISECONDS = (500, 3_000)
"""When EventSource comes back after a drain: spread, so that the other processes are not asked by all at once."""


class EventStream:
    """One response that stays open. `heartbeat` and `send_deadline` are in seconds."""

    def __init__(self, receive: Receive, send: Send, drain: Drain, heartbeat: float, send_deadline: float) -> None:
        self._receive = receive
        self._send = send
        self._drain = drain
        self._heartbeat = heartbeat
        self._send_deadline = send_deadline

    async def run(self, deliveries: AsyncGenerator[Delivery, None], *, endless: bool) -> None:
        """Send every delivery, then `complete`; an endless stream ends without it at the drain. Raises ClientLeft."""
        watch: asyncio.Future[Any] = asyncio.ensure_future(wait_for_disconnect(self._receive))
        drained: asyncio.Future[Any] = asyncio.ensure_future(self._end(endless=endless))
        try:
            with self._drain.open_stream():
                await self._transmit({"type": "http.response.start", "status": 200, "headers": HEADERS})
                async with aclosing(deliveries):
                    ended = await self._relay(deliveries, watch, drained)
                await self._write(COMPLETE if ended else _retry(), more=False)
        finally:
            await stop(watch, drained)

    async def _relay(
        self, deliveries: AsyncGenerator[Delivery, None], watch: asyncio.Future[Any], drained: asyncio.Future[Any]
    ) -> bool:
        """Send deliveries; return whether they came to their own end, and not to the process'."""
        while True:
            event = asyncio.ensure_future(anext(deliveries, None))
            try:
                await self._wait(event, watch, drained)
                if watch.done():
                    raise ClientLeft
                if not event.done():
                    return False
            finally:
                await stop(event)
            delivery = event.result()
            if delivery is None:
                return True
            await self._write(delivery.event())

    async def _end(self, *, endless: bool) -> None:
        await (self._drain.begun.wait() if endless else asyncio.Event().wait())

    async def _wait(self, event: asyncio.Future[Any], *ends: asyncio.Future[Any]) -> None:
        """Wait for the next event or an end, with heartbeats: proxies close what seems dead, and so do we."""
        while True:
            done, _ = await asyncio.wait({event, *ends}, timeout=self._heartbeat, return_when=asyncio.FIRST_COMPLETED)
            if done:
                return
            await self._write(HEARTBEAT)

    async def _write(self, chunk: bytes, *, more: bool = True) -> None:
        await self._transmit({"type": "http.response.body", "body": chunk, "more_body": more})

    async def _transmit(self, message: Message) -> None:
        try:
            async with asyncio.timeout(self._send_deadline):
                await self._send(message)
        except TimeoutError:
            raise ClientLeft from None


def _retry() -> bytes:
    return b"retry: %d\n\n" % random.randint(*RETRY_MILLISECONDS)  # noqa: S311 - jitter, no secret
