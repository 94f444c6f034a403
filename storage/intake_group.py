"""The scorers' end of the intake: a consumer group, whose entries stay pending until they are stored and told.

Every process is a consumer of its own and shows that it lives by a key that expires. Entries of a consumer that is
gone are claimed by the others: never those of one that is merely slow, however long its database makes it wait.
"""

import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from storage.intake_stream import FIELD
from storage.redis import RedisState
from storage.redis_translation import connected, redis_translated

GROUP: Final = "scorers"
ALIVE: Final = "insitechart:{intake}:alive:"
ALONE_FROM: Final = 3
"""Deliveries from which an entry is claimed by itself: it may be what ended those who held it with others."""

_LEAVE: Final = """
for _, stream in ipairs(KEYS) do
    local pending = redis.pcall('XPENDING', stream, ARGV[1], '-', '+', 1, ARGV[2])
    if not pending.err and #pending == 0 then
        redis.call('XGROUP', 'DELCONSUMER', stream, ARGV[1], ARGV[2])
    end
end
"""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an intake stream: its id, its bytes, and how often it has been delivered, this time included."""

    stream: str
    entry_id: str
    body: bytes
    deliveries: int = 1

    @property
    def added_at(self) -> int:
        """When it entered, in milliseconds of Redis' clock since 1970."""
        return int(self.entry_id.partition("-")[0])


class IntakeGroup:
    """Takes entries as one consumer; every call raises `Unavailable` where Redis is away."""

    def __init__(self, redis: RedisState) -> None:
        self._redis = redis
        self.consumer = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"

    async def read(self, stream: str, most: int, seconds: float) -> list[Entry]:
        """Take up to `most` entries that nobody was given yet, waiting up to some seconds for the first.

        A stream that came back without its group, as from a Redis that lost its memory, gets it anew, from its start.
        """
        client = connected(self._redis)
        with redis_translated():
            try:
                reply = await client.xreadgroup(
                    GROUP, self.consumer, {stream: ">"}, count=most, block=max(1, int(seconds * 1_000))
                )
            except ResponseError as error:
                if not is_groupless(error):
                    raise
                await _make_group(client, stream)
                return []
        found: dict[bytes, list[list[tuple[bytes, dict[bytes, bytes]]]]] = dict(reply or {})  # type: ignore[arg-type]
        return [_entry(stream, each) for entries in found.values() for some in entries for each in some]

    async def claim(self, stream: str, most: int, *, of: str | None, idle: float) -> list[Entry]:
        """Take over pending entries that were last delivered `idle` seconds ago or before: the oldest, in order.

        `of` is the consumer that had them, None for any. An entry that was delivered often already comes alone, so
        that what follows it is not counted down with it.
        """
        client = connected(self._redis)
        with redis_translated():
            try:
                pending = await client.xpending_range(stream, GROUP, "-", "+", most, of, int(idle * 1_000))
            except ResponseError as error:
                if not is_groupless(error):
                    raise
                return []
            deliveries: dict[Any, int] = {each["message_id"]: int(each["times_delivered"]) + 1 for each in pending}
            ids: list[Any] = list(deliveries)
            often = [place for place, each in enumerate(ids) if deliveries[each] >= ALONE_FROM]
            chosen = ids if not often else ids[: often[0]] or ids[:1]
            if not chosen:
                return []
            claimed: Any = await client.xclaim(stream, GROUP, self.consumer, int(idle * 1_000), chosen)
        return [_entry(stream, each, deliveries[each[0]]) for each in claimed if each[1]]

    async def finish(self, entries: Sequence[Entry]) -> None:
        """Take entries off their stream for good, in one step."""
        client = connected(self._redis)
        with redis_translated():
            async with client.pipeline(transaction=True) as pipeline:
                for stream in {entry.stream for entry in entries}:
                    ids = [entry.entry_id for entry in entries if entry.stream == stream]
                    pipeline.xack(stream, GROUP, *ids)
                    pipeline.xdel(stream, *ids)
                await pipeline.execute()

    async def hand_back(self, entries: Sequence[Entry]) -> None:
        """Leave entries pending as if this delivery had not been: what ended was the process, of its own will.

        They count as delivered all the same, so that whoever takes them knows that they may be stored already.
        """
        client = connected(self._redis)
        with redis_translated():
            async with client.pipeline(transaction=True) as pipeline:
                for stream, before in {(entry.stream, max(1, entry.deliveries - 1)) for entry in entries}:
                    ids: list[Any] = [
                        entry.entry_id
                        for entry in entries
                        if (entry.stream, max(1, entry.deliveries - 1)) == (stream, before)
                    ]
                    pipeline.xclaim(stream, GROUP, self.consumer, 0, ids, retrycount=before, justid=True)
                await pipeline.execute()

    async def alone(self, stream: str) -> bool:
        """Tell whether whatever was taken off a stream, and is not finished, was taken by this consumer."""
        return list(await self._pending(stream)) == [self.consumer]

    async def pending(self, stream: str) -> int:
        """Count the entries that were taken off a stream and are not finished, whoever has them."""
        return sum((await self._pending(stream)).values())

    async def _pending(self, stream: str) -> dict[str, int]:
        client = connected(self._redis)
        with redis_translated():
            try:
                found: Any = await client.xpending(stream, GROUP)
            except ResponseError as error:
                if not is_groupless(error):
                    raise
                return {}
        return {_text(each["name"]): int(each["pending"]) for each in found["consumers"]}

    async def show_alive(self, seconds: float) -> None:
        """Keep the others from claiming this consumer's entries, for some seconds from now."""
        client = connected(self._redis)
        with redis_translated():
            await client.set(ALIVE + self.consumer, "1", px=int(seconds * 1_000))

    async def gone(self, stream: str) -> set[str]:
        """Return the consumers that show no sign of life; none where there is no group."""
        client = connected(self._redis)
        with redis_translated():
            try:
                consumers = [_text(each["name"]) for each in await client.xinfo_consumers(stream, GROUP)]
            except ResponseError as error:
                if not is_groupless(error):
                    raise
                return set()
            others = [name for name in consumers if name != self.consumer]
            if not others:
                return set()
            alive = await client.mget([ALIVE + name for name in others])
        return {name for name, sign in zip(others, alive, strict=True) if sign is None}

    async def forget(self, streams: Sequence[str], consumer: str) -> None:
        """Take a consumer off the groups where nothing is pending with it."""
        client = connected(self._redis)
        with redis_translated():
            await client.eval(_LEAVE, len(streams), *streams, GROUP, consumer)

    async def leave(self, streams: Sequence[str]) -> None:
        """Say that this consumer is gone: what it still holds is for the others at once."""
        client = connected(self._redis)
        with redis_translated():
            await client.delete(ALIVE + self.consumer)
        await self.forget(streams, self.consumer)


def is_groupless(error: ResponseError) -> bool:
    """Tell whether a stream, or its group, is not there: nothing has entered yet, or Redis lost its memory."""
    return str(error).startswith("NOGROUP") or "no such key" in str(error)


async def server_time(redis: RedisState) -> int:
    """Return Redis' clock in milliseconds since 1970, which stamps entries."""
    client = connected(redis)
    with redis_translated():
        seconds, microseconds = await client.time()
    return int(seconds) * 1_000 + int(microseconds) // 1_000


async def _make_group(client: Redis, stream: str) -> None:
    try:
        await client.xgroup_create(stream, GROUP, "0", mkstream=True)
    except ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):  # another process was quicker
            raise
    else:
        _log.info("intake_group_made", stream=stream)


def _entry(stream: str, found: tuple[Any, dict[bytes, bytes]], deliveries: int = 1) -> Entry:
    entry_id, fields = found
    return Entry(stream, _text(entry_id), fields.get(FIELD, b""), deliveries)


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
