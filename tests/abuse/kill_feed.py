"""A feed of posts and prices, with edits, repeats and removals; what it comes to; and a process that publishes it.

The publisher is a collector in small: it reads its checkpoint back before every step, so it may be killed anywhere.
"""

import asyncio
import os
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ingest.pipeline.reading import Reading
from ingest.tickers import Listing
from ops.errors import Unavailable
from ops.settings import Settings
from storage.intake_items import CollectedBar, CollectedPost, CollectedQuote, Item, RemovedPost
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
    """Make ITEMS items, the same for the same start: new posts, what became of earlier ones, growing bars, quotes."""
    roll = random.Random(7)
    items: list[Item] = []
    written: list[CollectedPost] = []
    for place in range(ITEMS):
        read_at = start + timedelta(milliseconds=100 * place)
        if place % 5 == 4:
            items.append(_price(roll, read_at))
            continue
        kind = roll.random() if len(written) > 100 else 0.0
        if kind < 0.8:
            post = _post(roll, str(place), read_at, silent=kind > 0.7)
            written.append(post)
            items.append(post)
            continue
        earlier = written[-roll.randint(1, 100)]
        if kind < 0.9:
            edited = _post(roll, earlier.external_id, read_at, silent=kind > 0.88)
            items.append(_moved(edited, earlier.source, earlier.posted_at + timedelta(hours=roll.choice((0, 0, 0, 2)))))
        elif kind < 0.95:
            items.append(earlier)
        else:
            items.append(RemovedPost(earlier.source, earlier.external_id, read_at))
    return items


@dataclass(frozen=True, slots=True)
class Outcome:
    """What should be there: posts that stand, with their mentions, those that went, those that the ledger may know."""

    stand: dict[Key, PostRecord]
    gone: set[Key]
    silent: set[Key]
    bars: dict[tuple[str, datetime], CollectedBar]
    quotes: dict[str, CollectedQuote]


def outcome(items: Iterable[Item]) -> Outcome:
    """Read the feed in this process, undisturbed."""
    reading = Reading()
    reading.use(Listing(NAMES))
    latest: dict[Key, CollectedPost | RemovedPost] = {}
    found = Outcome({}, set(), set(), {}, {})
    named: set[Key] = set()
    for item in items:
        match item:
            case CollectedBar():
                found.bars[item.symbol, item.time] = item
            case CollectedQuote():
                found.quotes[item.symbol] = item
            case CollectedPost() | RemovedPost():
                key = (item.source.value, item.external_id)
                if isinstance(item, CollectedPost) and reading.record(item).mentions:
                    named.add(key)
                if key not in latest or item.observed_at >= latest[key].observed_at:
                    latest[key] = item
    for key, post in latest.items():
        if isinstance(post, RemovedPost):
            found.gone.add(key)
        elif key in named:
            found.stand[key] = reading.record(post)
        else:
            found.silent.add(key)
    return found


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


def _price(roll: random.Random, read_at: datetime) -> CollectedBar | CollectedQuote:
    """Make a quote, or a bar of the hour as it stands by then: each replaces the one before."""
    symbol, price = roll.choice(sorted(NAMES)), 50.0 + roll.randrange(1_000) / 8
    if roll.random() < 0.5:
        return CollectedQuote(symbol, price, read_at)
    hour = read_at.replace(minute=0, second=0, microsecond=0)
    return CollectedBar(symbol, 3_600, hour, price, price, price, price, roll.randrange(10**6))


def _moved(post: CollectedPost, source: Source, posted_at: datetime) -> CollectedPost:
    return CollectedPost(source, post.external_id, posted_at, post.observed_at, post.text, author=post.author)


if __name__ == "__main__":
    beginning = datetime.fromtimestamp(int(os.environ["KILL_FEED_START"]), UTC)
    asyncio.run(publish(Settings(), feed(beginning)))
