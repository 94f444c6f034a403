"""What a process' hub counts: entries read, frames that no subscriber took, and how late events are."""

import time
from collections.abc import Callable

from storage.event_reader import Position


class StreamCounts:
    """`coalesced` are frames that a newer state replaced, or that went into a gap. `on_lag` is told seconds."""

    __slots__ = ("coalesced", "events", "on_lag")

    def __init__(self) -> None:
        self.events = 0
        self.coalesced = 0
        self.on_lag: Callable[[float], None] | None = None

    def delivered(self, position: Position) -> None:
        """Note that an event has been handed to its subscribers; by the clocks of two machines it may seem early."""
        if self.on_lag is not None:
            self.on_lag(max(0.0, time.time() - position.milliseconds / 1_000))
