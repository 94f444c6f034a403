"""Writers are exact: repeats change nothing, corrections move, deletions last, and two writers agree."""

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from msgspec import structs

from storage import feeds
from storage.database import Database
from storage.deadline import Deadline
from storage.rows import FeedRow, StockRow
from storage.session import Session
from storage.terms import Feed, SentimentLabel, Source
from storage.write_posts import MentionRecord, PostRecord, delete_posts, write_posts
from storage.write_prices import PriceRecord, write_prices
from storage.write_stocks import write_stocks

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
APPLE = StockRow("AAPL", "Apple", "NASDAQ", "Technology", None, 3, simulated=False)
MICROSOFT = structs.replace(APPLE, symbol="MSFT", name="Microsoft")
POST = PostRecord(
    source=Source.REDDIT,
    external_id="1",
    posted_at=NOW,
    community="stocks",
    author="somebody",
    text="AAPL beats MSFT",
    url=None,
    engagement=3,
    simulated=False,
    model="reference",
    mentions=tuple(
        MentionRecord(symbol, 500, SentimentLabel.POSITIVE, (("beats", 1.5),), "bare") for symbol in ("AAPL", "MSFT")
    ),
)

_DRIFT = """
WITH raw AS (
    SELECT symbol, width, date_bin(make_interval(secs => width), posted_at, '2001-01-01 00:00Z') AS bucket, source,
           count(*) AS mention_count, sum(score) AS score_sum, sum(score::bigint * score) AS score_squares,
           count(*) FILTER (WHERE label = 'positive') AS positive, count(*) FILTER (WHERE label = 'neutral') AS neutral,
           count(*) FILTER (WHERE label = 'negative') AS negative
    FROM stock_mentions CROSS JOIN (VALUES (3600), (86400)) AS widths (width) GROUP BY 1, 2, 3, 4
)
SELECT count(*) FROM (
    SELECT symbol, width, bucket, source FROM raw FULL JOIN sentiment_data AS kept USING (symbol, width, bucket, source)
    WHERE (raw.mention_count, raw.score_sum, raw.score_squares, raw.positive, raw.neutral, raw.negative)
          IS DISTINCT FROM
          (kept.mention_count, kept.score_sum, kept.score_squares, kept.positive, kept.neutral, kept.negative)
) AS different
"""


@pytest.fixture
async def listed(database: Database) -> Database:
    """A database that lists two stocks."""
    await write_stocks(database, [APPLE, MICROSOFT])
    return database


async def value(database: Database, sql: str) -> object:
    """Ask for one value."""
    async with database.lease(Deadline.after(10)) as connection:
        return await connection.fetchval(sql)


async def exact(database: Database) -> bool:
    """Whether roll-ups say what mentions say, and nothing else."""
    return await value(database, _DRIFT) == 0


async def test_stocks_are_replaced_and_counted(database: Database) -> None:
    """A row replaces its symbol's whole row, nulls included; of two in one call the later holds."""
    assert (await write_stocks(database, [APPLE, MICROSOFT])).inserted == 2
    counts = await write_stocks(
        database, [structs.replace(APPLE, sector="X"), structs.replace(APPLE, sector=None), MICROSOFT]
    )
    assert (counts.inserted, counts.updated, counts.unchanged) == (0, 1, 1)
    assert await value(database, "SELECT sector FROM stocks WHERE symbol = 'AAPL'") is None


async def test_prices_are_replaced_and_counted(listed: Database) -> None:
    """Repeats change nothing, corrections hold, unlisted symbols are named and left out."""
    bars = [PriceRecord("AAPL", 3_600, NOW - timedelta(hours=n), 10, 12, 9, 11, 5) for n in range(50)]
    assert (await write_prices(listed, bars)).inserted == 50
    again = [replace(bars[0], close=11.5), *bars[1:], PriceRecord("NONE", 3_600, NOW, 1, 1, 1, 1, 1)]
    counts = await write_prices(listed, again)
    assert (counts.inserted, counts.updated, counts.unchanged, counts.unknown) == (0, 1, 49, 1)
    assert counts.symbols == {"NONE"}
    assert await feeds.newest(Session(listed, Deadline.after(5))) == [FeedRow(Feed.YAHOO, NOW)]


async def test_a_post_is_known_by_its_id(listed: Database) -> None:
    """Written again it changes nothing; edited, its mentions follow; redated, they move; roll-ups stay exact."""
    assert (await write_posts(listed, [POST])).inserted == 1
    assert (await write_posts(listed, [POST, POST])).unchanged == 1
    edited = replace(POST, text="AAPL", mentions=POST.mentions[:1])
    assert (await write_posts(listed, [edited])).updated == 1
    assert await value(listed, "SELECT array_agg(symbol) FROM stock_mentions") == ["AAPL"]
    moved = replace(edited, posted_at=NOW - timedelta(days=40))
    assert (await write_posts(listed, [moved])).updated == 1
    assert await value(listed, "SELECT array_agg(posted_at) FROM stock_mentions") == [moved.posted_at]
    assert await exact(listed)


async def test_a_deleted_post_stays_deleted(listed: Database) -> None:
    """A replay is turned away; a record read later brings it back; a deletion may come before its post."""
    await write_posts(listed, [POST])
    assert (await delete_posts(listed, Source.REDDIT, ["1", "2"])).deleted == 1
    assert (await write_posts(listed, [POST, replace(POST, external_id="2")])).deleted == 2
    assert await value(listed, "SELECT count(*) FROM sentiment_data") == 0
    assert (await delete_posts(listed, Source.REDDIT, ["1"])).unchanged == 1
    later = replace(POST, observed_at=datetime.now(UTC) + timedelta(seconds=1))
    assert (await write_posts(listed, [later])).updated == 1
    assert await value(listed, "SELECT count(*) FROM stock_mentions") == 2
    assert await exact(listed)


async def test_a_stale_record_changes_nothing(listed: Database) -> None:
    """An old reading of a post does not undo a newer one."""
    newer = replace(POST, observed_at=NOW + timedelta(hours=2), engagement=9)
    await write_posts(listed, [newer])
    counts = await write_posts(listed, [replace(POST, observed_at=NOW + timedelta(hours=1), mentions=())])
    assert counts.stale == 1
    assert await value(listed, "SELECT min(engagement) FROM stock_mentions") == 9


async def test_an_unlisted_symbol_is_left_out_until_it_is_listed(database: Database) -> None:
    """It is named in the counts, and a replay after its listing adds the mention."""
    await write_stocks(database, [APPLE])
    assert (await write_posts(database, [POST])).symbols == {"MSFT"}
    await write_stocks(database, [MICROSOFT])
    assert (await write_posts(database, [POST])).updated == 1
    assert await value(database, "SELECT count(*) FROM stock_mentions") == 2


async def test_writers_of_the_same_posts_agree(listed: Database) -> None:
    """Six writers, the same posts in other orders and versions, and deletions between: roll-ups end exact."""
    rng = random.Random(4)
    many = [
        replace(POST, external_id=str(number), posted_at=NOW - timedelta(minutes=number * 7 % 9_000))
        for number in range(400)
    ]

    async def write(shift: int) -> None:
        for _ in range(4):
            changed = [
                replace(post, posted_at=post.posted_at - timedelta(hours=shift), mentions=post.mentions[shift % 3 :])
                for post in rng.sample(many, 150)
            ]
            await write_posts(listed, changed)
            await delete_posts(listed, Source.REDDIT, [str(rng.randrange(400)) for _ in range(5)])

    async with asyncio.TaskGroup() as group:
        for shift in range(6):
            group.create_task(write(shift))
    assert await exact(listed)
    assert await value(listed, "SELECT count(*) FROM stock_mentions") != 0


_COPY = """
INSERT INTO stock_mentions (symbol, source, external_id, posted_at, text, score, label, model, tier)
SELECT symbol, source, external_id || {suffix}, posted_at, text, 7, label, model, tier FROM stock_mentions
"""
_KEY = "(source, external_id, symbol, posted_at)"


@pytest.mark.parametrize(
    "sql",
    [
        _COPY.format(suffix="'-copy'"),
        _COPY.format(suffix="''") + f"ON CONFLICT {_KEY} DO NOTHING",
        "UPDATE stock_mentions SET score = -score, label = 'negative' WHERE symbol = 'AAPL'",
        "UPDATE stock_mentions SET symbol = 'MSFT', source = 'x' WHERE symbol = 'AAPL'",
        "UPDATE stock_mentions SET posted_at = posted_at - interval '90 minutes' WHERE symbol = 'AAPL'",
        "DELETE FROM stock_mentions WHERE symbol = 'AAPL'",
        "TRUNCATE stock_mentions",
    ],
)
async def test_roll_ups_follow_any_statement(listed: Database, sql: str) -> None:
    """Whoever writes mentions, by hand too: the triggers follow on every back end."""
    await write_posts(listed, [POST, replace(POST, external_id="2", posted_at=NOW - timedelta(days=3))])
    await value(listed, sql)
    assert await exact(listed)


async def test_an_upsert_of_mentions_is_refused(listed: Database) -> None:
    """What a hypertable would hide from the triggers fails on every back end, and the next statement works."""
    await write_posts(listed, [POST])
    upsert = _COPY.format(suffix="''") + f"ON CONFLICT {_KEY} DO UPDATE SET score = 2"
    with pytest.raises(asyncpg.FeatureNotSupportedError, match="takes no ON CONFLICT DO UPDATE"):
        await value(listed, upsert)
    await value(listed, "UPDATE stock_mentions SET score = 3")
    assert await exact(listed)
