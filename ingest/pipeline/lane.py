"""One consumer's way through a stream: what it lost sight of, what dead consumers left, and then what is new."""

import asyncio
from dataclasses import dataclass
from typing import Final, Generic

import structlog

from ingest.pipeline.patience import Patience, Stopped
from ingest.pipeline.settling import Ready, Settling
from ingest.pipeline.stage import Stage
from ops.errors import Unavailable
from storage.intake_group import Entry, IntakeGroup, server_time
from storage.lease import Lease
from storage.redis import RedisState

BATCH: Final = 1_000
WAIT_SECONDS: Final = 0.4
LOOK_SECONDS: Final = 2.0
CLOSED_SECONDS: Final = 1.0
CLAIM_IDLE: Final = 4.0
"""Seconds since the last delivery from which an entry of a dead consumer is claimed; two that claim do not meet."""

_log = structlog.get_logger()


@dataclass(slots=True)
class Doubt:
    """Which entries may have been stored before without a count that says so: a Redis that came back may be old.

    `until` is in milliseconds of Redis' clock: entries that entered before are told whole.
    """

    until: int = 0
    fresh: bool = True

    async def settle(self, redis: RedisState) -> None:
        """Let everything that is in the streams now be doubtful, if there is new reason to doubt."""
        if self.fresh:
            self.until, self.fresh = await server_time(redis), False


class Lane(Generic[Ready]):
    """Takes batches off one stream until the stop, in their order; under a lease it is the only lane of the stream."""

    def __init__(
        self,
        stream: str,
        group: IntakeGroup,
        settling: Settling[Ready],
        stage: Stage[Ready],
        redis: RedisState,
        patience: Patience,
        lease: Lease | None,
    ) -> None:
        self._stream = stream
        self._group = group
        self._settling = settling
        self._stage = stage
        self._redis = redis
        self._patience = patience
        self._lease = lease
        self._doubt = Doubt()
        self._lost_sight = lease is not None
        self._gone_before: set[str] = set()
        self._look_at = 0.0

    async def run(self) -> None:
        """Work until the stop, or the loss of the lease; raise `Stopped` where a stop finds a batch in hand."""
        failures = 0
        while not self._patience.stop.is_set() and not (self._lease is not None and self._lease.lost):
            if not self._stage.open:
                await self._patience.rest(CLOSED_SECONDS)
                continue
            try:
                entries = await self._next()
                await self._doubt.settle(self._redis)
            except Unavailable as error:
                # A reply that was lost on its way may have held entries: they are pending here, in nobody's hand.
                self._lost_sight, self._doubt.fresh = True, True
                failures += 1
                _log.warning("intake_waits", for_="Redis", failures=failures, reason=error.message)
                await self._patience.pause(failures)
                continue
            failures = 0
            if entries:
                doubtful = any(entry.deliveries > 1 or entry.added_at <= self._doubt.until for entry in entries)
                try:
                    await self._settling.settle(entries, tell_all=doubtful)
                except Stopped:
                    await self._hand_back(entries)
                    raise

    async def _hand_back(self, entries: list[Entry]) -> None:
        try:
            await self._group.hand_back(entries)
        except Unavailable as error:
            _log.info("left_without_a_word", consumer=self._group.consumer, reason=error.message)

    async def _next(self) -> list[Entry]:
        if self._lost_sight:
            if entries := await self._astray():
                return entries
            self._lost_sight = False
        now = asyncio.get_running_loop().time()
        if now >= self._look_at:
            if entries := await self._astray() or await self._left_behind():
                return entries
            self._look_at = now + LOOK_SECONDS
        entries = await self._group.read(self._stream, BATCH, WAIT_SECONDS)
        if self._lease is not None and entries and await self._group.pending(self._stream) > len(entries):
            # Some that came before these went astray: taken together, they come in their order.
            self._lost_sight = True
            return await self._astray()
        return entries

    async def _astray(self) -> list[Entry]:
        """Claim what is pending here, though nothing is in hand between two batches.

        A reply was lost on its way, which a driver that connects anew may hide, or Redis went back to an older state.
        Alone on its stream, a lane takes what anybody left; with others beside it, only its own.
        """
        of = None if self._lease is not None else self._group.consumer
        return await self._group.claim(self._stream, BATCH, of=of, idle=0)

    async def _left_behind(self) -> list[Entry]:
        """Claim what consumers left that showed no sign of life at two looks in a row."""
        gone = await self._group.gone(self._stream)
        for consumer in sorted(gone & self._gone_before):
            if entries := await self._group.claim(self._stream, BATCH, of=consumer, idle=CLAIM_IDLE):
                _log.info("entries_taken_over", stream=self._stream, consumer=consumer, entries=len(entries))
                return entries
            await self._group.forget([self._stream], consumer)
        self._gone_before = gone
        return []
