"""Histories with copies, floods and late posts, and what trending should say of them, worked out by brute force."""

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import sqrt

from hypothesis import strategies as st

from storage.post_records import MentionRecord, PostRecord
from storage.terms import SentimentLabel, Source, Timeframe
from tests.storage.histories import NOW, SYMBOLS, World

_HOUR = timedelta(hours=1)
_WEEKS = {Timeframe.HOUR: 1, Timeframe.DAY: 1, Timeframe.WEEK: 1, Timeframe.MONTH: 5}

_times = st.builds(
    lambda weeks, hours, seconds: NOW - timedelta(weeks=weeks, hours=hours, seconds=seconds),
    st.sampled_from([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 8, 9, 10, 20, 30, 44]),
    st.sampled_from([0, 0, 0, 0, 0, 0, 0, 1, 23, 24, 47, 60]),
    st.one_of(st.integers(-400, 3_999), st.sampled_from([0, 1, 200, 3_600])),
)
_mentions = st.builds(
    MentionRecord,
    st.sampled_from(SYMBOLS),
    st.integers(-10_000, 10_000),
    st.sampled_from(SentimentLabel),
    st.just(()),
    st.just("cashtag"),
)
flooding_posts = st.builds(
    PostRecord,
    source=st.sampled_from(Source),
    external_id=st.integers(1, 60).map(str),
    posted_at=_times,
    community=st.none(),
    author=st.sampled_from(["bob", "bob", "bob", "ann", None]),
    text=st.one_of(
        st.integers(1, 10_000).map("Thought {}".format), st.sampled_from(["To the moon!", "to  the MOON 🚀"])
    ),
    url=st.none(),
    engagement=st.none(),
    simulated=st.booleans(),
    model=st.just("reference"),
    mentions=st.lists(_mentions, min_size=1, max_size=2, unique_by=lambda mention: mention.symbol).map(tuple),
)
_deletions = st.tuples(st.sampled_from(Source), st.lists(st.integers(1, 60).map(str), min_size=1, max_size=6))
_bursts = st.builds(
    lambda model, number, seconds: [
        replace(
            model,
            external_id=str(place),
            posted_at=model.posted_at - timedelta(seconds=seconds * place),
            text=f"{model.text} {place if place % 2 else ''}",
        )
        for place in range(1, number)
    ],
    flooding_posts,
    st.integers(3, 12),
    st.sampled_from([0, 1, 60, 700]),
)
_steps = st.one_of(st.lists(flooding_posts, min_size=5, max_size=40), _bursts, _bursts, _bursts, _deletions)
floods = st.lists(_steps, min_size=1, max_size=6)


@dataclass(frozen=True)
class Expected:
    """A symbol's entry as it should be."""

    mention_count: int
    previous_mention_count: int
    discounted_count: int
    score_sum: int
    growth: float | None
    z_score: float | None
    previous_rank: int | None


def counting(posts: Iterable[PostRecord]) -> list[PostRecord]:
    """Keep what counts of one symbol's posts: in each clock hour a text once, an author of a source three times."""
    kept: list[PostRecord] = []
    texts: set[tuple[datetime, str]] = set()
    turns: defaultdict[tuple[datetime, Source, str], int] = defaultdict(int)
    for post in sorted(posts, key=lambda post: (post.posted_at, post.source.value, post.external_id)):
        hour = post.posted_at.replace(minute=0, second=0, microsecond=0)
        wording = (hour, " ".join(post.text.replace("🚀", "").replace("!", "").lower().split()))
        if wording in texts:
            continue
        texts.add(wording)
        if post.author is not None:
            turn = (hour, post.source, post.author)
            turns[turn] += 1
            if turns[turn] > 3:
                continue
        kept.append(post)
    return kept


def expected(world: World, timeframe: Timeframe, now: datetime = NOW) -> dict[str, Expected]:
    """Work out every entry of the snapshot that ends at `now`."""
    length, step = timeframe.length, timedelta(weeks=_WEEKS[timeframe])
    of = {
        symbol: [
            post for post in world.posts.values() if post and symbol in {mention.symbol for mention in post.mentions}
        ]
        for symbol in SYMBOLS
    }

    def within(symbol: str, start: datetime) -> list[PostRecord]:
        return [post for post in of[symbol] if start <= post.posted_at < start + length]

    before = {symbol: len(counting(within(symbol, now - 2 * length))) for symbol in SYMBOLS}
    order = [symbol for symbol in sorted(SYMBOLS, key=lambda symbol: (-before[symbol], symbol)) if before[symbol]]
    found = {}
    for symbol in SYMBOLS:
        raw = within(symbol, now - length)
        if not raw:
            continue
        counted = counting(raw)
        first = min(post.posted_at for post in of[symbol])
        starts = [now - length - step * number for number in range(1, 9)]
        earlier = [len(counting(within(symbol, start))) for start in starts if start >= first]
        found[symbol] = Expected(
            len(counted),
            before[symbol],
            len(raw) - len(counted),
            sum(mention.score for post in counted for mention in post.mentions if mention.symbol == symbol),
            len(counted) / before[symbol] - 1 if before[symbol] else None,
            _z_score(len(counted), earlier),
            order.index(symbol) + 1 if symbol in order else None,
        )
    return found


def _z_score(count: int, earlier: list[int]) -> float | None:
    if len(earlier) < 4:
        return None
    mean = statistics.mean(earlier)
    return (count - mean) / max(statistics.stdev(earlier), sqrt(mean), 1)


def post(number: int, about: str, at: datetime, *, author: str | None = None, text: str | None = None) -> PostRecord:
    """Make a post of its own wording, unless one is given."""
    return PostRecord(
        source=Source.X,
        external_id=f"{about}-{number}",
        posted_at=at.astimezone(UTC),
        community=None,
        author=author,
        text=text or f"Thought number {number}",
        url=None,
        engagement=None,
        simulated=False,
        model="reference",
        mentions=(MentionRecord(about, 100, SentimentLabel.NEUTRAL, (), "cashtag"),),
    )
