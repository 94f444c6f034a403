"""What the polls of a source are made of: the same for all, but for the HTTP client, which each source has alone."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import httpx

from ingest.sources.calls import Calls
from ingest.sources.client import CallPolicy, Client
from ingest.sources.outlet import Outlet
from ingest.sources.pace import Pace
from ingest.sources.pseudonyms import Pseudonyms
from ops.settings import Settings
from storage.database import Database
from storage.terms import Feed


def utc_now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every source is given; tests replace the policy, the clocks and the sleep."""

    settings: Settings
    database: Database
    outlet: Outlet
    calls: Calls
    policy: CallPolicy = field(default_factory=CallPolicy)
    now: Callable[[], datetime] = utc_now
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    transport: httpx.AsyncBaseTransport | None = None


@dataclass(frozen=True, slots=True)
class Workshop:
    """One source's share."""

    around: Surroundings
    feed: Feed
    http: httpx.AsyncClient
    pseudonyms: Pseudonyms

    def client(self, calls: float, seconds: float, first_back_off: float, most_bytes: int | None = None) -> Client:
        """Make a client that makes at most so many calls in so many seconds, and reads bodies up to `most_bytes`."""
        around, api = self.around, self.feed.value
        policy = replace(
            around.policy, body_bytes=min(around.policy.body_bytes, most_bytes or around.policy.body_bytes)
        )
        pace = Pace(api, calls, seconds, first_back_off, around.clock, around.sleep)
        return Client(api, self.http, pace, around.calls, policy, around.now, around.clock)
