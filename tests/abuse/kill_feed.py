"""A feed with edits, repeats and removals, what it comes to, and `python -m tests.abuse.kill_feed`, which publishes it.

The publisher is a collector in small: it reads its checkpoint back before every step, so it may be killed anywhere.
"""

import asyncio
import os
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from ingest.pipeline.reading import Reading
from ingest.tickers import Listing
from ops.errors import Unavailable
from ops.settings import Settings
from storage.intake_items import CollectedPost, Item, RemovedPost
from storage.intake_stream import IntakeStream
from storage.post_records import PostRecord
from storage.redis import open_redis
from storage.terms import Source

ITEMS: Final = 20_000
STEP: Final = 50
CHECKPOINT: Final = "kill-feed"
NAMES: Final = {
    "AAPL": "Apple Inc.", "MSFT": "Microsoft Corporation", "NVDA": "NVIDIA Corporation", "TSLA": "Tesla, Inc.",
    "AMD": "Advanced Micro Devices, Inc.", "GME": "GameStop Corp.", "JPM": "JPMorgan Chase & Co.", "XOM": "Exxon Mobil",
}  # fmt: skip
_PAUSE: Final = 0.04
_WORDS: Final = ("great", "terrible", "moon", "crash", "beats", "misses", "calls", "puts", "hold", "strong", "weak")
Key = tuple[str, str]


def feed(start: datetime) -> list[Item]:
    """Make ITEMS items, the same for the same start: new posts, some about nothing, and what became of earlier ones."""
    roll = random.Random(7)  # noqa: S311 - a made-up feed, no secret
    items: list[Item] = []
    written: list[CollectedPost] = []
    for place in range(ITEMS):
        read_at = start + timedelta(milliseconds=100 * place)
        kind = roll.random() if len(written) > 100 else 0.0
        if kind < 0.8:
            post = _post(roll, str(place), read_at, silent=kind > 0.7)
            written.append(post)
            items.append(post)
            continue
        earlier = written[-roll.randint(1, 100)]
        if kind < 0.9:
            edited = _post(roll, earlier.external_id, read_at, silent=False)
            items.append(_moved(edited, earlier.source, earlier.posted_at + timedelta(hours=roll.choice((0, 0, 0, 2)))))
        elif kind < 0.95:
            items.append(earlier)
        else:
            items.append(RemovedPost(earlier.source, earlier.external_id, read_at))
    return items


def outcome(items: Iterable[Item]) -> tuple[dict[Key, PostRecord], set[Key]]:
    """Read the feed in this process: the posts that stand at the end with their mentions, and those that went."""
    reading = Reading()
    reading.use(Listing(NAMES))
    latest: dict[Key, Item] = {}
    named: set[Key] = set()
    for item in items:
        assert isinstance(item, CollectedPost | RemovedPost)
        key = (item.source.value, item.external_id)
        if isinstance(item, CollectedPost) and reading.record(item).mentions:
            named.add(key)
        before = latest.get(key)
        assert before is None or isinstance(before, CollectedPost | RemovedPost)
        if before is None or item.observed_at >= before.observed_at:
            latest[key] = item
    stand = {
        key: reading.record(item) for key, item in latest.items() if isinstance(item, CollectedPost) and key in named
    }
    return stand, {key for key, item in latest.items() if isinstance(item, RemovedPost)}


async def publish(settings: Settings, items: list[Item]) -> None:
    """Publish from the checkpoint on, at an even pace; wait for a Redis that is away."""
    async with open_redis(settings) as redis:
        stream = IntakeStream(redis, settings)
        while True:
            try:
                done = int(await stream.checkpoint(CHECKPOINT) or 0)
                if done >= len(items):
                    return
                ends = min(done + STEP, len(items))
                await stream.publish(items[done:ends], (CHECKPOINT, str(ends).encode()))
            except Unavailable:
                await asyncio.sleep(0.1)
            await asyncio.sleep(_PAUSE)


def _post(roll: random.Random, external_id: str, read_at: datetime, *, silent: bool) -> CollectedPost:
    symbols = [] if silent else roll.sample(sorted(NAMES), roll.choice((1, 1, 2)))
    words = [f"${symbol}" if roll.random() < 0.5 else symbol for symbol in symbols]
    text = " ".join([*words, *roll.choices(_WORDS, k=6), f"no {external_id}"])
    source = roll.choice((Source.REDDIT, Source.X))
    return CollectedPost(
        source, external_id, read_at - timedelta(minutes=5), read_at, text, author=f"a{roll.randrange(99)}"
    )


def _moved(post: CollectedPost, source: Source, posted_at: datetime) -> CollectedPost:
    return CollectedPost(source, post.external_id, posted_at, post.observed_at, post.text, author=post.author)


if __name__ == "__main__":
    beginning = datetime.fromtimestamp(int(os.environ["KILL_FEED_START"]), UTC)
    asyncio.run(publish(Settings(), feed(beginning)))
