"""Dead letters: bounded by number and bytes, put back only where there is room."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from redis.asyncio import Redis

from ops.settings import Settings
from storage.dead_letters import DeadLetters
from storage.intake_group import Entry, IntakeGroup
from storage.intake_queues import intake_state
from storage.intake_stream import POSTS
from storage.redis import RedisState, open_redis
from storage.redis_translation import connected

LONG = b"\xc1" * 40_000


@dataclass(frozen=True, slots=True)
class Desk:
    """Dead letters, and the intake that they come from."""

    redis: RedisState
    letters: DeadLetters
    settings: Settings

    @property
    def client(self) -> Redis:
        """A client."""
        return connected(self.redis)

    async def pending(self, *bodies: bytes) -> list[Entry]:
        """Put items on the stream of posts, and take them in hand."""
        async with self.client.pipeline() as pipeline:
            for body in bodies:
                pipeline.xadd(POSTS, {b"item": body})
            await pipeline.execute()
        group = IntakeGroup(self.redis)
        await group.read(POSTS, 1, 0.1)  # makes the group
        return await group.read(POSTS, len(bodies), 0.1)


@pytest.fixture
async def desk(redis_url: str) -> AsyncIterator[Desk]:
    """Letters that may take one megabyte."""
    settings = Settings.model_validate({"redis_url": redis_url, "intake": {"dead_letters_megabytes": 1}})
    async with open_redis(settings) as redis:
        yield Desk(redis, DeadLetters(redis, settings), settings)


async def test_long_letters_are_full_before_there_are_many(desk: Desk) -> None:
    """What has no room stays pending on its stream; there is room again once letters are dropped."""
    entries = await desk.pending(*[LONG] * 40)
    buried = [await desk.letters.bury(entry, "no MessagePack") for entry in entries]
    kept = sum(buried)
    assert buried == [True] * kept + [False] * (40 - kept)
    assert 15 < kept < 26
    assert await desk.client.xlen(POSTS) == 40 - kept
    assert (await desk.client.xpending(POSTS, "scorers"))["pending"] == 40 - kept
    state = await intake_state(desk.redis, desk.settings)
    assert state.dead_letters_full
    assert 900_000 < (state.dead_letter_bytes or 0) <= state.most_dead_letter_bytes == 1_000_000
    page = await desk.letters.page(10)
    assert await desk.letters.drop([letter.letter_id for letter in page]) == 10
    assert not (await intake_state(desk.redis, desk.settings)).dead_letters_full
    assert await desk.letters.bury(entries[-1], "no MessagePack")


async def test_a_short_letter_finds_room_between_long_ones(desk: Desk) -> None:
    """Bytes count, not letters."""
    entries = await desk.pending(*[LONG] * 40, b"\xc1")
    while await desk.letters.bury(entries[0], "no MessagePack"):
        entries = entries[1:]
    assert await desk.letters.bury(entries[-1], "no MessagePack")
