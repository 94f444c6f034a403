"""Settling a batch: every entry ends stored, told and finished, or as a dead letter with the reason.

Servers that are away are waited for. What the data is to blame for is narrowed down by halves to the entries that
cannot be stored, and the others are stored.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

import msgspec
import structlog

from ingest.pipeline.checks import Unfit, check
from ingest.pipeline.patience import Patience, Stopped
from ingest.pipeline.stage import Stage
from ingest.pipeline.tally import Tally
from ops.intake_settings import IntakeSettings
from storage import events
from storage.dead_letters import DeadLetters
from storage.event_items import Event
from storage.fences import Fenced
from storage.intake_group import Entry, IntakeGroup
from storage.intake_items import Item
from storage.redis import RedisState

MOST_DELIVERIES: Final = 8
_BREATH: Final = 50  # items made ready between two turns of the event loop: some 5 ms

Ready = TypeVar("Ready")
_log = structlog.get_logger()


class Settling(Generic[Ready]):
    """Settles batches of one consumer through one stage."""

    def __init__(
        self,
        stage: Stage[Ready],
        group: IntakeGroup,
        letters: DeadLetters,
        redis: RedisState,
        patience: Patience,
        tally: Tally,
        bounds: IntakeSettings,
    ) -> None:
        self._stage = stage
        self._group = group
        self._letters = letters
        self._redis = redis
        self._patience = patience
        self._tally = tally
        self._bounds = bounds
        self._decoder = msgspec.msgpack.Decoder(Item)

    async def settle(self, entries: Sequence[Entry], *, tell_all: bool) -> None:
        """Settle entries; `tell_all` where they may have been stored before.

        Raise `Stopped` if that comes first, and `Fenced` where another process leads: what is left stays pending.
        """
        ready: list[tuple[Entry, Ready]] = []
        for place, entry in enumerate(entries, 1):
            try:
                ready.append((entry, self._prepared(entry)))
            except Unfit as unfit:
                await self._bury(entry, str(unfit))
            if place % _BREATH == 0:
                await asyncio.sleep(0)
        if ready:
            await self._store(ready, tell_all=tell_all)

    def _prepared(self, entry: Entry) -> Ready:
        if entry.deliveries > MOST_DELIVERIES:
            raise Unfit(f"delivered {entry.deliveries} times: each time, the process that took it ended before it did")
        try:
            item: Item = self._decoder.decode(entry.body)
        except msgspec.ValidationError as error:
            raise Unfit(f"no item that this version knows: {error}") from error
        except msgspec.DecodeError as error:
            raise Unfit(f"no MessagePack: {error}") from error
        check(item, datetime.now(UTC))
        try:
            return self._stage.prepare(item)
        except Unfit:
            raise
        except Exception as error:
            _log.exception("item_not_prepared", stream=entry.stream, entry=entry.entry_id)
            raise Unfit(f"could not be read: {type(error).__name__}: {error}") from error

    async def _store(self, batch: Sequence[tuple[Entry, Ready]], *, tell_all: bool) -> None:
        async def store(failures: int) -> list[Event]:
            # A connection that is lost at the commit leaves open whether it happened.
            return await self._stage.store([ready for _, ready in batch], tell_all=tell_all or failures > 0)

        try:
            told = await self._patience.outlast("PostgreSQL", store)
        except (Stopped, Fenced):
            raise
        except Exception as error:  # noqa: BLE001 - whatever the data is to blame for
            if len(batch) == 1:
                await self._bury(batch[0][0], f"could not be stored: {type(error).__name__}: {error}")
                return
            half = len(batch) // 2
            await self._store(batch[:half], tell_all=tell_all)
            await self._store(batch[half:], tell_all=tell_all)
            return
        entries = [entry for entry, _ in batch]
        await self._patience.outlast("Redis", lambda _: events.publish(self._redis, told, self._bounds))
        await self._patience.outlast("Redis", lambda _: self._group.finish(entries))
        self._tally.add(items=len(entries), events=len(told))

    async def _bury(self, entry: Entry, reason: str) -> None:
        """Make an entry a dead letter; while there is no room for one, the intake waits."""
        failures = 0
        while not await self._patience.outlast("Redis", lambda _: self._letters.bury(entry, reason)):
            failures += 1
            _log.warning("dead_letters_full", stream=entry.stream, entry=entry.entry_id, reason=reason)
            await self._patience.pause(failures)
        self._tally.add_dead_letter()
