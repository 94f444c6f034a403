"""Reading events: all streams over one connection, from positions of the reader's own, and no loss unnoticed.

What was trimmed before it was read, what a flush took, what a Redis restored from a file forgot: each shows as
`Missed`, between the last position that was read and the next that can be.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, Self

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from ops.errors import Unavailable
from ops.settings import Settings
from storage.event_items import Event
from storage.events import EVENT, EVENT_STREAMS, TOPIC
from storage.redis_translation import redis_translated

READ_AT_ONCE: Final = 500
"""Entries of one stream in one answer."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CONTINUES: Final = 10**9
"""Numbers further apart than this are of different streams."""
_KINDS: Final = {stream.encode(): kind for kind, stream in EVENT_STREAMS.items()}

Kind = type[Event]
Entry = tuple[bytes, dict[bytes, bytes]]


class Position(NamedTuple):
    """A place in a stream: when its entry was published, in milliseconds since 1970, and its number."""

    milliseconds: int
    number: int

    @property
    def at(self) -> datetime:
        """When its entry was published."""
        return _EPOCH + timedelta(milliseconds=self.milliseconds)

    @property
    def entry_id(self) -> str:
        """The entry's id in Redis."""
        return f"{self.milliseconds}-{self.number}"

    @classmethod
    def read(cls, entry_id: bytes) -> Self:
        """Read an entry's id."""
        milliseconds, number = entry_id.split(b"-")
        return cls(int(milliseconds), int(number))

    def leads_to(self, later: "Position") -> bool:
        """Whether a later position can be of the same stream."""
        return self <= later and 0 <= later.number - self.number < _CONTINUES


BEGINNING: Final = Position(0, 0)
"""Before every entry."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """An entry: what it is about, and the event as it was encoded."""

    kind: Kind
    position: Position
    topic: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Missed:
    """Some entries between two positions cannot be read any more; how many of them mattered is not known."""

    kind: Kind
    after: Position
    before: Position


Found = Arrived | Missed


class EventReader:
    """Follows all streams. `positions` holds the last entry that was read of each, None of a stream that is empty."""

    def __init__(self, client: Redis, block_seconds: float) -> None:
        self._client = client
        self._block = round(block_seconds * 1_000)
        self.positions: dict[Kind, Position | None] | None = None

    async def locate(self) -> list[Missed]:
        """Stand at the newest entries at first; later, find out whether the streams are still those that were read.

        Raise `Unavailable` where Redis is away.
        """
        newest: dict[Kind, Position | None] = {}
        with redis_translated():
            for kind, stream in EVENT_STREAMS.items():
                entries: Any = await self._client.xrevrange(stream, count=1)
                newest[kind] = Position.read(entries[0][0]) if entries else None
        if self.positions is None:
            self.positions = newest
            return []
        missed = []
        for kind, last in self.positions.items():
            now = newest[kind]
            if last is not None and (now is None or not last.leads_to(now)):
                missed.append(Missed(kind, last, now or Position.read(b"%d-0" % _milliseconds())))
                self.positions[kind] = now
        return missed

    async def read(self) -> list[Found]:
        """Wait for entries, some seconds at most, and return them in order; none where nothing came.

        Raise `Unavailable` where Redis is away: read on when it is back, after `locate`.
        """
        if self.positions is None:
            return list(await self.locate())
        places: Any = {EVENT_STREAMS[kind]: (last or BEGINNING).entry_id for kind, last in self.positions.items()}
        with redis_translated():
            answer: Any = await self._client.xread(places, count=READ_AT_ONCE, block=self._block)
        found: list[Found] = []
        for stream, pages in answer.items():
            kind = _KINDS[stream]
            for page in pages:
                for one in continued(kind, self.positions[kind], page):
                    found.append(one)
                    if isinstance(one, Arrived):
                        self.positions[kind] = one.position
        return found


async def between(client: Redis, kind: Kind, after: Position, until: Position, most: int = READ_AT_ONCE) -> list[Found]:
    """Return the first `most` entries after one position, up to and with another. Raise `Unavailable`."""
    with redis_translated():
        page: Any = await client.xrange(EVENT_STREAMS[kind], f"({after.entry_id}", until.entry_id, count=most)
    return list(continued(kind, after, page))


def continued(kind: Kind, last: Position | None, page: list[Entry]) -> Iterator[Found]:
    """Tell the entries of a page, and where numbers between them are missing."""
    for entry_id, fields in page:
        position = Position.read(entry_id)
        if last is not None and position.number != last.number + 1:
            yield Missed(kind, last, position)
        yield Arrived(kind, position, fields.get(TOPIC, b"").decode(errors="replace"), fields.get(EVENT, b""))
        last = position


@asynccontextmanager
async def open_event_reader(settings: Settings, block_seconds: float = 5.0) -> AsyncIterator[EventReader]:
    """Open a connection for reading alone, which may stay silent for `block_seconds` and a Redis deadline more.

    Raise `Unavailable` where no Redis is configured.
    """
    if settings.redis_url is None:
        raise Unavailable("No Redis is configured: set INSITECHART_REDIS_URL.")
    client = Redis.from_url(
        settings.redis_url.get_secret_value(),
        single_connection_client=True,
        socket_timeout=block_seconds + settings.deadlines.redis,
        socket_connect_timeout=settings.deadlines.connect,
        protocol=3,
        retry=Retry(NoBackoff(), 0),  # the caller knows better when to try again, and what to look at then
    )
    try:
        yield EventReader(client, block_seconds)
    finally:
        await client.aclose()


def _milliseconds() -> int:
    return (datetime.now(UTC) - _EPOCH) // timedelta(milliseconds=1)
