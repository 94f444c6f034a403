"""The listener: a few connections at once, each for one answer, with a deadline for all that it waits for.

Work comes first: a port that is taken is told in the log and tried again, and never ends the process.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from ops.metrics import Metrics
from ops.metrics_port.answers import answer, is_loopback
from ops.metrics_port.request import MOST_BYTES, BadHead, read_head
from ops.settings import Settings

MOST_CONNECTIONS: Final = 16
"""Connections at once; of more, those are closed that have waited longest without having asked."""
RETRY_SECONDS: Final = 15.0
_WRITE_SECONDS: Final = 5.0
_log = structlog.get_logger()


@asynccontextmanager
async def measured(settings: Settings, metrics: Metrics) -> AsyncGenerator[None, None]:
    """Answer scrapes on the port of the settings while the block runs; without a port there are none."""
    if not settings.metrics_port:
        yield
        return
    serving = asyncio.create_task(_serve(_Listener(metrics, settings), settings.metrics_host, settings.metrics_port))
    try:
        yield
    finally:
        serving.cancel()
        await asyncio.wait({serving})


async def _serve(listener: "_Listener", host: str, port: int) -> None:
    """Listen until cancelled."""
    while True:
        try:
            server = await asyncio.start_server(listener.meet, host, port, limit=MOST_BYTES)
        except OSError as error:
            _log.warning("metrics_not_served", host=host, port=port, reason=error.strerror or str(error))
            await asyncio.sleep(RETRY_SECONDS)
            continue
        _log.info("metrics_served", host=host, port=port)
        async with server:
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                listener.close()


class _Listener:
    def __init__(self, metrics: Metrics, settings: Settings) -> None:
        self._metrics = metrics
        self._settings = settings
        self._guarded = not is_loopback(settings.metrics_host)
        self._open: set[asyncio.StreamWriter] = set()
        self._silent: dict[asyncio.StreamWriter, None] = {}  # in the order in which they came

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        if len(self._open) >= MOST_CONNECTIONS and not self._has_made_room():
            writer.transport.abort()
            return
        self._open.add(writer)
        self._silent[writer] = None
        try:
            head = await read_head(reader)
            self._silent.pop(writer, None)
            writer.write(await answer(head, self._metrics, self._settings if self._guarded else None))
            async with asyncio.timeout(_WRITE_SECONDS):
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (BadHead, TimeoutError, ConnectionError):
            writer.transport.abort()  # nobody who scrapes, or gone
        except Exception:  # noqa: BLE001 - a scrape that goes wrong must not end the work
            writer.transport.abort()
            _log.exception("scrape_failed")
        finally:
            self._open.discard(writer)
            self._silent.pop(writer, None)

    def _has_made_room(self) -> bool:
        """Close the connection that has been silent for longest: a few of them must not keep scrapes and probes out."""
        oldest = next(iter(self._silent), None)
        if oldest is None:
            return False
        del self._silent[oldest]
        self._open.discard(oldest)
        oldest.transport.abort()
        return True

    def close(self) -> None:
        """Cut off whoever is still connected."""
        for writer in self._open:
            with suppress(OSError):
                writer.transport.abort()
