"""How fast an API may be asked: an even rate that we keep by ourselves, and the waits that the API asks for."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from aiolimiter import AsyncLimiter

from ingest.sources.failures import RateLimited

LONGEST_BACK_OFF = 3_600.0
LONGEST_HOLD = 86_400.0
"""The longest wait that an API is granted: one that asks for a year is mistaken, and is asked again after a day."""
_PATIENCE = 60.0  # a longer wait is the poll's business, which can say so and do something else
_log = structlog.get_logger()


class Pace:
    """Lets `calls` through in each `seconds`; `first_back_off` is the first wait after a refusal without a time.

    Such waits double from one refusal to the next, until a call succeeds.
    """

    def __init__(
        self,
        api: str,
        calls: float,
        seconds: float,
        first_back_off: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._api = api
        self._limiter = AsyncLimiter(calls, seconds)
        self._first = first_back_off
        self._refusals = 0
        self._open_at = 0.0
        self._clock = clock
        self._sleep = sleep

    async def enter(self) -> None:
        """Wait for a turn; raise RateLimited where the API is held for longer than a poll should wait."""
        while (left := self.held) > 0:
            if left > _PATIENCE:
                raise RateLimited("the API asked us to wait", left)
            await self._sleep(left)
        await self._limiter.acquire()

    @property
    def held(self) -> float:
        """Seconds for which nothing may be sent."""
        return max(0.0, self._open_at - self._clock())

    def hold(self, seconds: float) -> None:
        """Send nothing for so many seconds, a day at most; a longer hold that is under way stays."""
        self._open_at = max(self._open_at, self._clock() + min(seconds, LONGEST_HOLD))

    def refused(self, wait: float | None) -> float:
        """Note that the API turned a call away, hold, and return for how long; `wait` is what it asked for, if it did.

        Waits are doubled from one refusal to the next in any case: a wait that was kept and did not help was too short.
        """
        doubled = min(self._first * 2**self._refusals, LONGEST_BACK_OFF)
        self._refusals = min(self._refusals + 1, 16)
        seconds = doubled if wait is None else max(min(wait, LONGEST_HOLD), doubled if self._refusals > 1 else 1.0)
        self.hold(seconds)
        _log.warning("source_rate_limited", api=self._api, wait_seconds=round(seconds, 1), told=wait is not None)
        return seconds

    def accepted(self) -> None:
        """Note that a call went well."""
        self._refusals = 0
