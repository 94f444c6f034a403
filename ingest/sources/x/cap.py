"""The plan's cap, once reached: kept with the checkpoints, so that no restart asks again in vain."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import msgspec

from ingest.sources.outlet import Outlet
from ingest.sources.x.api import UsageCapped

_NAME = "x:cap"


class CapState(msgspec.Struct):
    """Until when nothing is asked, in seconds since 1970."""

    until: float = 0.0


class Cap:
    """Guards calls that count towards the cap."""

    def __init__(self, outlet: Outlet, now: Callable[[], datetime]) -> None:
        self._outlet = outlet
        self._now = now

    @asynccontextmanager
    async def guard(self) -> AsyncGenerator[None, None]:
        """Run a block of calls, or raise UsageCapped while the cap holds; a cap that they meet is remembered."""
        left = (await self._outlet.state(_NAME, CapState)).until - self._now().timestamp()
        if left > 0:
            raise UsageCapped("the plan's posts of this period are used up", left)
        try:
            yield
        except UsageCapped as capped:
            await self._outlet.publish([], _NAME, CapState(self._now().timestamp() + capped.pause))
            raise
