"""A collector that is one: OtelTap receives OTLP over HTTP on a port of its own and hands its spans to the test."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from oteltap import OtelTapHttpProtobufReceiver, OtelTapHttpProtobufReceiverSettings

_SECONDS = 20.0


class Tap:
    """What the collector received so far, in the order of its arrival."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.spans: list[Span] = []
        self._came = asyncio.Event()

    def take(self, span: Span) -> None:
        """Note a span."""
        self.spans.append(span)
        self._came.set()

    async def until(self, holds: Callable[[list[Span]], bool]) -> list[Span]:
        """Wait until what came is what is wanted, and return it."""
        async with asyncio.timeout(_SECONDS):
            while not holds(self.spans):
                self._came.clear()
                await self._came.wait()
        return self.spans


@asynccontextmanager
async def tapping(port: int = 0) -> AsyncIterator[Tap]:
    """Run a collector for as long as the block lasts, on a port that was free or on the one that is given."""
    tap = Tap(port or free_port())
    receiver = OtelTapHttpProtobufReceiver(OtelTapHttpProtobufReceiverSettings(http_port=tap.port))
    async with receiver:
        taking = asyncio.create_task(_take(receiver, tap))
        await asyncio.sleep(0)  # from here on it is subscribed
        try:
            yield tap
        finally:
            taking.cancel()
            await asyncio.wait({taking})


def attributes(span: Span) -> dict[str, Any]:
    """Return a span's attributes as Python has them."""
    return {each.key: _value(each.value) for each in span.attributes}


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _take(receiver: OtelTapHttpProtobufReceiver, tap: Tap) -> None:
    async for span in receiver.stream_traces():
        tap.take(span)


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind or "string_value")
