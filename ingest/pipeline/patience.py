"""Waiting for servers that are away: for as long as it takes, looked at again less and less often, until the stop."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import structlog

from ops.errors import PublicError
from storage.blame import blames_data

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0

Result = TypeVar("Result")
_log = structlog.get_logger()


class Stopped(Exception):
    """The process is to end; what is in hand stays pending for another."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Outlasts failures that are not the data's, until `stop`."""

    stop: asyncio.Event

    async def outlast(self, what: str, attempt: Callable[[int], Awaitable[Result]]) -> Result:
        """Return what `attempt`, given the number of failures so far, returns at last.

        Raise at once what the data is to blame for, and `Stopped` where the stop comes first.
        """
        failures = 0
        while True:
            try:
                return await attempt(failures)
            except Exception as error:
                if blames_data(error):
                    raise
                reason = error.message if isinstance(error, PublicError) else f"{type(error).__name__}: {error}"
                _log.warning("intake_waits", for_=what, failures=failures + 1, reason=reason)
            failures += 1
            await self.pause(failures)

    async def pause(self, failures: int) -> None:
        """Sleep between two attempts; raise `Stopped` where the stop comes meanwhile."""
        longest = min(FIRST_PAUSE * 2 ** min(failures, 10), LONGEST_PAUSE)
        await self.rest(longest * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret
        if self.stop.is_set():
            raise Stopped

    async def rest(self, seconds: float) -> None:
        """Sleep for some seconds, or until the stop."""
        try:
            async with asyncio.timeout(seconds):
                await self.stop.wait()
        except TimeoutError:
            return
