"""The stop signal, heard by the application itself: whichever server runs it, streams end before connections do.

uvicorn tells an application of its stop only when every connection has closed; an open event stream would keep it up
for ever.
"""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from graph.drain import Drain

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def drain_at_signal(drain: Drain) -> Iterator[None]:
    """Begin the drain at a stop signal, then let the server's own handler have it; for the time of the block.

    Outside the main thread, where Python has no signals, nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    previous = {number: signal.getsignal(number) for number in _SIGNALS}

    def begin(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(drain.begin)
        handler = previous[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    ours = [number for number, handler in previous.items() if callable(handler)]
    for number in ours:
        signal.signal(number, begin)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, previous[number])
