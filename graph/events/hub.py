"""The events of one process: a reader, and the groups of subscribers that it feeds.

The reader starts with the first subscriber and goes on until the process ends. It never waits for anybody: whoever is
slow loses old states, or has a gap.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any

import msgspec
import structlog

from graph.events.counts import StreamCounts
from graph.events.group import Execute, Group, Member
from ops.errors import TooManyOperations, Unavailable
from ops.settings import Settings
from resolvers.updates import Gap, Notice, Updates
from storage.event_items import Event
from storage.event_reader import Arrived, EventReader, Found, Kind, Missed, Position, between, open_event_reader
from storage.redis import RedisState
from storage.redis_translation import connected

log = structlog.get_logger()
LOOKUPS = 4
"""Pages of the past read at once, as thousands come back after a drain: fewer than there are Redis connections."""

PAST_AT_ONCE = 100
"""Entries of the past that a subscriber holds at once; one that reads slowly holds them for long."""
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_CANCEL_SECONDS = 0.1

Key = tuple[object, ...]


class Hub:
    """Knows every group by what it asks; a group ends with its last member."""

    def __init__(self, settings: Settings, redis: RedisState) -> None:
        self.counts = StreamCounts()
        self._settings = settings
        self._redis = redis
        self._tasks: set[asyncio.Task[None]] = set()
        self._reader: asyncio.Task[None] | None = None
        self._located = asyncio.Event()
        self._places = settings.limits.subscriptions
        self._positions: dict[Kind, Position | None] = {}
        self._groups: dict[Key, tuple[Group, asyncio.Task[None]]] = {}
        self._followers: dict[tuple[Kind, str], dict[Group, None]] = {}
        self._lookups = asyncio.Semaphore(LOOKUPS)
        self._decoder: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(Event)

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self._groups)

    @property
    def members(self) -> int:
        """How many subscribers they have together."""
        return sum(len(group.members) for group, _ in self._groups.values())

    def find(self, key: Key) -> Group | None:
        """Return the group of those who asked alike."""
        return self._groups[key][0] if key in self._groups else None

    async def ready(self) -> None:
        """Have the reader started and placed. Raise `Unavailable` where Redis is absent, or was never reached."""
        connected(self._redis)
        if self._reader is None:
            self._reader = self._start(self._read())
        try:
            async with asyncio.timeout(self._settings.deadlines.connect):
                await self._located.wait()
        except TimeoutError:
            raise Unavailable("The event store cannot be reached.") from None

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places that there are for subscriptions. Raise `TooManyOperations` where all are taken."""
        if not self._places:
            most = self._settings.limits.subscriptions
            raise TooManyOperations(f"At most {most:,} subscriptions may be open here; another process may have room")
        self._places -= 1
        try:
            yield
        finally:
            self._places += 1

    @contextmanager
    def joined(
        self, key: Key, updates: Updates[Any], execute: Execute, *, current: bool
    ) -> Iterator[tuple[Group, Member]]:
        """Be a member of the group of a key, made where there is none; `ready` comes first."""
        group = self.find(key) or self._add(key, updates, execute)
        member = group.join(self._positions[updates.kind], current=current)
        try:
            yield group, member
        finally:
            group.members.discard(member)
            if not group.members:
                self._remove(key)

    def position(self, kind: Kind) -> Position | None:
        """Return the place up to which a stream was read; None while it is empty."""
        return self._positions[kind]

    async def past(self, kind: Kind, after: Position, until: Position, most: int = PAST_AT_ONCE) -> list[Found]:
        """Return what comes first between two positions, `most` entries of it. Raise `Unavailable`."""
        async with self._lookups:
            return await between(connected(self._redis), kind, after, until, most)

    def decode(self, arrived: Arrived) -> Notice | None:
        """Return the notice of an entry; None for one that this release cannot read."""
        try:
            return Notice(arrived.position, arrived.topic, self._decoder.decode(arrived.raw))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            log.warning("event_unreadable", kind=arrived.kind.__name__, topic=arrived.topic, reason=str(error))
            return None

    async def aclose(self) -> None:
        """End the reader and all groups.

        Until Python 3.12 `asyncio.wait_for`, through which redis-py sends, loses a cancel that comes as sending ends.
        """
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(set(self._tasks), timeout=_CANCEL_SECONDS)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _add(self, key: Key, updates: Updates[Any], execute: Execute) -> Group:
        group = Group(replace(updates, after=None), execute, self._settings.subscriber_backlog, self.counts)
        self._groups[key] = (group, self._start(group.run()))
        for topic in updates.topics:
            self._followers.setdefault((updates.kind, topic), {})[group] = None
        return group

    def _remove(self, key: Key) -> None:
        group, task = self._groups.pop(key)
        task.cancel()
        for topic in group.updates.topics:
            followers = self._followers[group.updates.kind, topic]
            del followers[group]
            if not followers:
                del self._followers[group.updates.kind, topic]

    async def _read(self) -> None:
        """Read for ever; where Redis is away, look for it again and again, and go on where reading ended."""
        async with open_event_reader(self._settings) as reader:
            pause = _FIRST_PAUSE
            while True:
                try:
                    self._take(reader, await reader.locate())
                    self._located.set()
                    pause = _FIRST_PAUSE
                    while found := await reader.read():
                        self._take(reader, found)
                        await asyncio.sleep(0)
                    continue
                except Unavailable:
                    pause = min(2 * pause, _LONGEST_PAUSE)
                except Exception:  # one strange answer must not end everybody's stream
                    log.exception("event_reader_failed")
                    pause = _LONGEST_PAUSE
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret

    def _take(self, reader: EventReader, found: Sequence[Found]) -> None:
        self._positions = dict(reader.positions or {})
        self.counts.events += len(found)
        for one in found:
            if isinstance(one, Missed):
                self._tell_missed(one)
            elif followers := self._followers.get((one.kind, one.topic)):
                notice = self.decode(one) or missing(one)
                for group in followers:
                    group.offer(notice)

    def _tell_missed(self, missed: Missed) -> None:
        gap = Gap(missed.after.at, missed.before.at, None)
        for group, _ in self._groups.values():
            if group.updates.kind is missed.kind:
                topics = group.updates.topics if group.updates.latest else ("",)
                for topic in topics:
                    group.offer(Notice(missed.before, topic, gap=gap))


def missing(unreadable: Arrived) -> Notice:
    """Return the notice that an entry cannot be read."""
    at = unreadable.position.at
    return Notice(unreadable.position, unreadable.topic, gap=Gap(at, at, 1))


@asynccontextmanager
async def open_hub(settings: Settings, redis: RedisState) -> AsyncIterator[Hub]:
    """Open a hub that reads nothing yet; whatever it started ends with the block."""
    hub = Hub(settings, redis)
    try:
        yield hub
    finally:
        await hub.aclose()
