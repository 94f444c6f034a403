"""Plays a feed into the intake: each item when it is due, its position in the same step.

A step whose answer was lost is looked up by its checkpoint before it is tried again, and a Redis that forgot steps is
told by a checkpoint that went back: the feed is then played again from there. So a play that is killed, or whose Redis
is, neither skips an item nor lets one enter twice.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import structlog

from ingest.replay.feed import Feed, TimedItem
from ops.errors import Unavailable
from storage.intake_items import Item
from storage.intake_stream import STEP, IntakeFull, IntakeStream

_LOOK_SECONDS = 1.0  # a clock that is set is noticed within this time
_FULL_SECONDS = 30.0
_CANCEL_SECONDS = 1.0  # longer than a feed takes to leave
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_log = structlog.get_logger()


@dataclass(slots=True)
class Pace:
    """When items are due: `speed` is a multiple of real time, 0 is at once.

    The first item is due when it is first asked for, unless `origin` pairs a reading of the clock, in seconds, with
    a Unix time of the feed.
    """

    speed: float = 1.0
    clock: Callable[[], float] = time.monotonic
    origin: tuple[float, float] | None = None

    def seconds_until(self, at: datetime) -> float:
        """Tell how long an item is not due yet; zero or less where it is due."""
        if self.speed == 0:
            return 0.0
        if self.origin is None:
            self.origin = (self.clock(), at.timestamp())
        begun, first = self.origin
        return begun + (at.timestamp() - first) / self.speed - self.clock()


@dataclass(slots=True)
class Play:
    """One feed on its way into the stream; `name` is its checkpoint's, None for a feed that cannot go back.

    With `from_start` an earlier checkpoint is replaced instead of followed. `on_published` hears of each step: how many
    items, and when the last of them was due. Redis may be away for `patience` seconds at a time.
    """

    stream: IntakeStream
    feed: Feed[msgspec.Struct]
    pace: Pace
    name: str | None
    from_start: bool = False
    patience: float = 60.0
    on_published: Callable[[int, datetime], None] = lambda _items, _at: None
    _stored: bytes | None = field(default=None, init=False)
    _away_since: float | None = field(default=None, init=False)

    async def run(self, stop: asyncio.Event) -> bool:
        """Play until the feed ends, or `stop` is set; tells whether it ended. Raise Unavailable past the patience."""
        playing = asyncio.create_task(self._play(), name="play")
        stopping = asyncio.create_task(stop.wait(), name="stop of play")
        try:
            await asyncio.wait((playing, stopping), return_when=asyncio.FIRST_COMPLETED)
            if playing.done():
                await playing
                return True
            return False
        finally:
            stopping.cancel()
            while not playing.done():  # redis-py may swallow a cancellation
                playing.cancel()
                await asyncio.wait({playing}, timeout=_CANCEL_SECONDS)

    async def _play(self) -> None:
        while True:
            self._stored = await self._read_checkpoint()
            start = None if self.from_start else self._stored
            self.from_start = False
            try:
                async with aclosing(self.feed.after(start)) as chunks:
                    async for chunk in chunks:
                        await self._play_chunk(chunk.items, chunk.end)
            except _Rewound:
                _log.warning("replay_rewound", checkpoint=self.name)
            else:
                return

    async def _play_chunk(self, items: Sequence[TimedItem[msgspec.Struct]], end: msgspec.Struct) -> None:
        due: list[TimedItem[msgspec.Struct]] = []
        for item in items:
            if len(due) == STEP or (due and self.pace.seconds_until(item.at) > 0):
                await self._publish(due, due[-1].position)
                due = []
            while (seconds := self.pace.seconds_until(item.at)) > 0:  # noqa: ASYNC110  no event tells the time
                await asyncio.sleep(min(seconds, _LOOK_SECONDS))
            due.append(item)
        await self._publish(due, end)

    async def _publish(self, due: Sequence[TimedItem[msgspec.Struct]], position: msgspec.Struct) -> None:
        value = msgspec.msgpack.encode(position)
        if due or (self.name and value != self._stored):
            await self._enter([each.item for each in due], value)
        if due:
            self.on_published(len(due), due[-1].at)

    async def _enter(self, items: Sequence[Item], value: bytes) -> None:
        """Publish one step, however often that takes, and once."""
        checkpoint = (self.name, value) if self.name else None
        entered = False
        while not entered:
            found = await self._read_checkpoint()
            entered = checkpoint is not None and found == value
            if not entered and found != self._stored:
                raise _Rewound
            if not entered:
                entered = await self._attempt(items, checkpoint)
        self._stored = value if self.name else None

    async def _attempt(self, items: Sequence[Item], checkpoint: tuple[str, bytes] | None) -> bool:
        try:
            await self.stream.publish(items, checkpoint, seconds=_FULL_SECONDS)
        except IntakeFull as full:
            _log.warning("replay_waits", reason=str(full))
            return False
        except Unavailable as away:
            now = time.monotonic()
            self._away_since = self._away_since or now
            if now - self._away_since > self.patience:
                raise
            _log.warning("replay_step_unanswered", reason=str(away.__cause__ or away))
            await asyncio.sleep(_FIRST_PAUSE)
            return False
        self._away_since = None
        return True

    async def _read_checkpoint(self) -> bytes | None:
        """Read the checkpoint back, waiting for a Redis that is away for a while."""
        ends, pause = time.monotonic() + self.patience, _FIRST_PAUSE
        while True:
            try:
                return await self.stream.checkpoint(self.name or "")
            except Unavailable:
                if time.monotonic() + pause > ends:
                    raise
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  jitter, no secret
            pause = min(2 * pause, _LONGEST_PAUSE)


class _Rewound(Exception):
    """Redis forgot steps, or another play of the same feed made some: go on from what is stored now."""
