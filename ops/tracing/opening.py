"""Opens tracing as the settings say: with a collector's address there are spans, without one there are none."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module

from ops.settings import Settings
from ops.tracing.begun import Tracing, TracingHooks


@asynccontextmanager
async def open_tracing(settings: Settings, hooks: TracingHooks | None = None) -> AsyncGenerator[Tracing, None]:
    """Yield tracing; at the end the last spans are sent, as far as that is done within the time set for it.

    The collector is not asked whether it is there: neither start, requests nor stop depend on it.
    """
    hooks = hooks or TracingHooks()
    if settings.tracing.endpoint is None:
        yield Tracing(settings.tracing, hooks)
        return
    # What makes and sends spans takes 150 ms and 15 MB to import: only those who want spans pay for it.
    export = import_module("ops.tracing.collector").open_export(settings, hooks)
    try:
        yield Tracing(settings.tracing, hooks, export.send)
    finally:
        await export.close(settings.tracing.flush)
