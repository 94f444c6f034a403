"""Histories of posts as Hypothesis draws them: late, repeated, corrected and deleted ones, and what should remain."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from msgspec import structs

from storage.database import Database
from storage.deadline import Deadline
from storage.rows import SentimentTotals, StockRow, Window
from storage.terms import SentimentLabel, Source
from storage.write_posts import MentionRecord, PostRecord, delete_posts, write_posts
from storage.write_stocks import write_stocks

SYMBOLS = ("AAPL", "BRK.B", "MSFT")
NOW = datetime(2026, 11, 20, 15, 3, 20, tzinfo=UTC)
STOCKS = [
    StockRow(symbol, f"{symbol} Company", "NYSE", sector, None, None, simulated=True)
    for symbol, sector in zip(SYMBOLS, ("Energy", "Energy", None), strict=True)
]

_distances = st.one_of(
    st.integers(0, 3 * 3_600),
    st.integers(0, 40 * 86_400),
    st.sampled_from([200, 3_600, 3_800, 86_400, 54_200, 7 * 86_400, 30 * 86_400]),
).map(lambda seconds: NOW - timedelta(seconds=seconds))
_mentions = st.builds(
    MentionRecord,
    st.sampled_from([*SYMBOLS, "UNKNOWN"]),
    st.integers(-10_000, 10_000),
    st.sampled_from(SentimentLabel),
    st.just((("great", 3.1),)),
    st.just("cashtag"),
)
posts = st.builds(
    PostRecord,
    source=st.sampled_from(Source),
    external_id=st.integers(1, 12).map(str),
    posted_at=_distances,
    community=st.none(),
    author=st.none(),
    text=st.sampled_from(["great earnings", "a terrible\0loss", "$AAPL"]),
    url=st.none(),
    engagement=st.one_of(st.none(), st.integers(0, 9)),
    simulated=st.booleans(),
    model=st.just("reference"),
    mentions=st.lists(_mentions, max_size=3, unique_by=lambda mention: mention.symbol).map(tuple),
)
deletions = st.tuples(st.sampled_from(Source), st.lists(st.integers(1, 12).map(str), min_size=1, max_size=3))
steps = st.one_of(st.lists(posts, min_size=1, max_size=8), deletions)
histories = st.lists(steps, min_size=1, max_size=6)


@dataclass
class World:
    """What should be stored after a history: the last word on each post, and None for a deleted one."""

    posts: dict[tuple[str, str], PostRecord | None] = field(default_factory=dict)

    def mentions(self) -> list[tuple[str, str, datetime, MentionRecord]]:
        """Every mention that should be there: symbol, source, time, and what was said."""
        return [
            (mention.symbol, post.source.value, post.posted_at, mention)
            for post in self.posts.values()
            if post is not None
            for mention in post.mentions
            if mention.symbol in SYMBOLS
        ]

    def totals(self, window: Window, symbol: str, source: Source | None = None) -> dict[Source, SentimentTotals]:
        """Sum a window by brute force."""
        found: dict[Source, SentimentTotals] = {}
        for of, where, at, mention in self.mentions():
            if of == symbol and window.start <= at < window.end and source in (None, Source(where)):
                found[Source(where)] = add(found.get(Source(where), SentimentTotals()), mention)
        return found


def add(sums: SentimentTotals, mention: MentionRecord) -> SentimentTotals:
    """Add one mention to sums."""
    label = mention.label.value
    return structs.replace(
        sums,
        mention_count=sums.mention_count + 1,
        score_sum=sums.score_sum + mention.score,
        score_squares=sums.score_squares + mention.score**2,
        **{label: getattr(sums, label) + 1},
    )


async def live(database: Database, history: list[list[PostRecord] | tuple[Source, list[str]]]) -> World:
    """Empty the tables, play a history through the writers, and return what should be stored."""
    async with database.lease(Deadline.after(10)) as connection:
        await connection.execute("DELETE FROM stock_mentions; DELETE FROM posts; DELETE FROM trending_snapshots")
        assert await connection.fetchval("SELECT count(*) FROM sentiment_data") == 0
    await write_stocks(database, STOCKS)
    world = World()
    for step in history:
        if isinstance(step, tuple):
            source, ids = step
            await delete_posts(database, source, ids)
            world.posts |= {(source.value, each): None for each in ids}
        else:
            await write_posts(database, step)
            for post in step:
                if world.posts.get(post.key, post) is not None:
                    world.posts[post.key] = post
    return world
