"""Items that nobody could process: kept with the reason until somebody retries or drops them.

They are bounded by their number and by their bytes; one more than fits stays where it is, and the intake waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from redis.exceptions import OutOfMemoryError

from ops.settings import Settings
from storage.intake_group import GROUP, Entry
from storage.redis import RedisState
from storage.redis_translation import connected, redis_translated

DEAD_LETTERS: Final = "insitechart:{intake}:dead-letters"
REASON_CHARACTERS: Final = 500
PAGE: Final = 1_000

# A letter takes the item's place in one step, or the item stays where it is; one that another finished stays finished.
_BURY: Final = """
local length = redis.call('XLEN', KEYS[1])
if length >= tonumber(ARGV[1]) then return 0 end
local bytes = length > 0 and redis.pcall('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', 0)
if type(bytes) == 'number' and bytes + #ARGV[4] + #ARGV[6] > tonumber(ARGV[7]) then return 0 end
if redis.call('XACK', KEYS[2], ARGV[2], ARGV[3]) == 0 then return 2 end
redis.call('XADD', KEYS[1], '*', 'stream', KEYS[2], 'entry', ARGV[3], 'item', ARGV[4], 'deliveries', ARGV[5],
           'reason', ARGV[6])
redis.call('XDEL', KEYS[2], ARGV[3])
return 1
"""
_RETRY: Final = """
local found = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
if #found == 0 then return 0 end
if redis.call('XLEN', KEYS[2]) >= tonumber(ARGV[2]) then return -1 end
local fields = found[1][2]
for place = 1, #fields, 2 do
    if fields[place] == 'item' then redis.call('XADD', KEYS[2], '*', 'item', fields[place + 1]) end
end
redis.call('XDEL', KEYS[1], ARGV[1])
return 1
"""

_log = structlog.get_logger()


class StreamFull(Exception):
    """The stream that a letter came from has no room for it now."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An item nobody could process: its stream and entry there, its bytes, how often it was tried, why and when."""

    letter_id: str
    stream: str
    entry_id: str
    item: bytes
    deliveries: int
    reason: str
    at: datetime


class DeadLetters:
    """The dead letters of the intake; every call raises `Unavailable` where Redis is away."""

    def __init__(self, redis: RedisState, settings: Settings) -> None:
        self._redis = redis
        self._most = settings.intake.dead_letters
        self._most_bytes = settings.intake.dead_letters_megabytes * 1_000_000
        self._backlog = settings.intake.backlog

    async def bury(self, entry: Entry, reason: str) -> bool:
        """Turn a pending entry into a dead letter; False where there is no room for one, and nothing was done."""
        client = connected(self._redis)
        told = (
            reason if len(reason) <= REASON_CHARACTERS else reason[: REASON_CHARACTERS - 1] + "\N{HORIZONTAL ELLIPSIS}"
        )
        arguments = (self._most, GROUP, entry.entry_id, entry.body, entry.deliveries, told, self._most_bytes)
        with redis_translated():
            try:
                done = await client.eval(_BURY, 2, DEAD_LETTERS, entry.stream, *arguments)
            except OutOfMemoryError:
                return False
        if done == 1:
            _log.warning("dead_letter", stream=entry.stream, entry=entry.entry_id, reason=told)
        return bool(done)

    async def page(self, most: int, after: str | None = None) -> list[DeadLetter]:
        """Return up to `most` letters, oldest first, from the one after the id `after` on."""
        client = connected(self._redis)
        with redis_translated():
            found: Any = await client.xrange(DEAD_LETTERS, min="-" if after is None else f"({after}", count=most)
        return [_letter(letter_id, fields) for letter_id, fields in found]

    async def count(self) -> int:
        """Count the letters."""
        client = connected(self._redis)
        with redis_translated():
            return int(await client.xlen(DEAD_LETTERS))

    async def retry(self, letter: DeadLetter) -> bool:
        """Put a letter's item at the end of its stream; False where the letter is gone.

        Raise `StreamFull` where the stream has no room.
        """
        client = connected(self._redis)
        arguments = (letter.letter_id, self._backlog)
        with redis_translated():
            try:
                done = await client.eval(_RETRY, 2, DEAD_LETTERS, letter.stream, *arguments)
            except OutOfMemoryError as error:
                raise StreamFull("the memory of Redis is full") from error
        if int(done) < 0:
            raise StreamFull(f"{letter.stream} is full")
        return bool(done)

    async def drop(self, letter_ids: Sequence[str]) -> int:
        """Forget letters; return how many were there."""
        if not letter_ids:
            return 0
        client = connected(self._redis)
        with redis_translated():
            return int(await client.xdel(DEAD_LETTERS, *letter_ids))


def _letter(letter_id: bytes, fields: dict[bytes, bytes]) -> DeadLetter:
    name = letter_id.decode()
    return DeadLetter(
        letter_id=name,
        stream=fields[b"stream"].decode(),
        entry_id=fields[b"entry"].decode(),
        item=fields[b"item"],
        deliveries=int(fields[b"deliveries"]),
        reason=fields[b"reason"].decode("utf-8", "replace"),
        at=datetime.fromtimestamp(int(name.partition("-")[0]) / 1_000, UTC),
    )
