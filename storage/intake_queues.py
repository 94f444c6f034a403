"""How the intake stands: what waits, since when, with whom; the collectors' checkpoints; the dead letters."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from ops.settings import Settings
from storage.dead_letters import DEAD_LETTERS
from storage.intake_group import GROUP, is_groupless, server_time
from storage.intake_stream import CHECKPOINT_TIMES, POSTS, PRICES
from storage.lease import leaders
from storage.redis import RedisState
from storage.redis_translation import connected, redis_translated

_FULL: Final = 0.9
_NAMES: Final = {"posts": POSTS, "prices": PRICES}


@dataclass(frozen=True, slots=True)
class Queue:
    """A stream: entries undone, those of them in somebody's hand, consumers, seconds since the oldest entered."""

    name: str
    length: int
    most: int
    pending: int
    consumers: int
    lag: float | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A collector's checkpoint: when it was last set, and how many seconds ago."""

    name: str
    at: datetime
    age: float


@dataclass(frozen=True, slots=True)
class Intake:
    """All of it at one moment; `leaders` says who holds which lease.

    The bytes of the dead letters are None on a server that does not tell them; `dead_letters_full` says that a long one
    finds no room, or none does.
    """

    queues: list[Queue]
    dead_letters: int
    most_dead_letters: int
    dead_letter_bytes: int | None
    most_dead_letter_bytes: int
    dead_letters_full: bool
    checkpoints: list[Checkpoint]
    leaders: dict[str, str]


async def intake_state(redis: RedisState, settings: Settings) -> Intake:
    """Look at the intake. Raise `Unavailable` where Redis is away."""
    client = connected(redis)
    now = await server_time(redis)
    with redis_translated():
        queues = [await _queue(client, name, settings.intake.backlog, now) for name in _NAMES]
        letters = int(await client.xlen(DEAD_LETTERS))
        size = await _size(client, DEAD_LETTERS)
        times: Any = await client.hgetall(CHECKPOINT_TIMES)
    checkpoints = [
        Checkpoint(name.decode(), datetime.fromtimestamp(int(at), UTC), max(0.0, now / 1_000 - int(at)))
        for name, at in sorted(times.items())
    ]
    most, most_bytes = settings.intake.dead_letters, settings.intake.dead_letters_megabytes * 1_000_000
    full = letters >= most or (size or 0) > _FULL * most_bytes
    return Intake(queues, letters, most, size, most_bytes, full, checkpoints, await leaders(redis))


async def _size(client: Redis, stream: str) -> int | None:
    try:
        return int(await client.memory_usage(stream, samples=0) or 0)
    except ResponseError:  # not every operator allows the command; publishers go without it, too
        return None


async def _queue(client: Redis, name: str, most: int, now: int) -> Queue:
    stream = _NAMES[name]
    oldest: Any = await client.xrange(stream, count=1)
    lag = max(0.0, (now - int(oldest[0][0].partition(b"-")[0])) / 1_000) if oldest else None
    pending = consumers = 0
    try:
        groups: Any = await client.xinfo_groups(stream)
    except ResponseError as error:
        if not is_groupless(error):
            raise
        groups = []
    for group in groups:
        if group["name"] == GROUP.encode():
            pending, consumers = int(group["pending"]), int(group["consumers"])
    return Queue(name, int(await client.xlen(stream)), most, pending, consumers, lag)
