"""Recorded feeds for tests, and what of them has entered the stream."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from ingest.replay.line_format import encode
from ingest.replay.play import Pace, Play
from ingest.replay.recorded import RecordedFeed
from ingest.replay.tally import Tally
from ops.settings import Settings
from storage.intake_items import CollectedPost, Item
from storage.intake_stream import FIELD, POSTS, PRICES, IntakeStream
from storage.redis import RedisState, open_redis
from storage.terms import Source

BEGIN = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


def post(number: int) -> CollectedPost:
    """A post that is told from others by its number."""
    posted_at = BEGIN + timedelta(seconds=number)
    return CollectedPost(Source.X, f"id-{number:05d}", posted_at, posted_at, f"$AAPL number {number}")


def recording(folder: Path, items: Sequence[Item], seconds: float = 1.0) -> Path:
    """A file with these items, one every so many seconds."""
    path = folder / "feed.jsonl"
    lines = (encode(BEGIN + timedelta(seconds=place * seconds), item) for place, item in enumerate(items))
    path.write_bytes(b"".join(lines))
    return path


async def entered(redis: RedisState) -> list[Item]:
    """Everything that waits on the streams, posts first."""
    assert redis.client is not None
    decoder = msgspec.msgpack.Decoder(Item)
    entries: list[Any] = [entry for stream in (POSTS, PRICES) for entry in await redis.client.xrange(stream) or []]
    return [decoder.decode(fields[FIELD]) for _, fields in entries]


async def played(
    settings: Settings,
    path: Path,
    *,
    speed: float = 0.0,
    shift: bool = False,
    strict: bool = False,
    from_start: bool = False,
    stream: IntakeStream | None = None,
) -> Tally:
    """Play a file to its end under the checkpoint 'test'."""
    tally = Tally(strict=strict)
    async with open_redis(settings) as redis:
        play = Play(
            stream or IntakeStream(redis, settings),
            RecordedFeed(str(path), tally, shift),
            Pace(speed),
            "test",
            from_start,
            on_published=tally.played,
        )
        assert await play.run(asyncio.Event())
    return tally
