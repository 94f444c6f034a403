"""Batches of the intake: posts and removals in one transaction, settled by when their source was read."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from storage.database import Database
from storage.deadline import Deadline
from storage.mentions import by_ids
from storage.post_records import MentionRecord, PostRecord, Removal
from storage.rows import MentionRow, ScoredWordRow, StockRow
from storage.session import Session
from storage.terms import MentionTier, SentimentLabel, Source
from storage.write_posts import apply_posts, delete_posts, write_posts
from storage.write_stocks import write_stocks

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MENTIONS = tuple(
    MentionRecord(symbol, 500, SentimentLabel.POSITIVE, (("beats", 1.5),), "bare", f"symbol {symbol}", 0.3)
    for symbol in ("AAPL", "MSFT", "NONE")
)
POST = PostRecord(
    Source.X, "1", NOW, None, "a", "AAPL \x00", None, 3, simulated=False, model="m", mentions=MENTIONS, observed_at=NOW
)


@pytest.fixture
async def listed(database: Database) -> Database:
    """A database that lists two stocks."""
    await write_stocks(
        database, [StockRow(symbol, symbol, None, None, None, None, simulated=False) for symbol in ("AAPL", "MSFT")]
    )
    return database


async def stored(database: Database) -> list[tuple[str, str]]:
    """Read which mentions there are."""
    async with database.lease(Deadline.after(10)) as connection:
        rows = await connection.fetch("SELECT external_id, symbol FROM stock_mentions ORDER BY 1, 2")
    return [(row["external_id"], row["symbol"]) for row in rows]


def shown(rows: Iterable[MentionRow]) -> list[tuple[MentionRow, tuple[ScoredWordRow, ...]]]:
    """Make rows comparable: as JSON, evidence has spaces of the database's own, and relevance less digits there."""
    return [(structs.replace(row, stored_evidence="", stored_relevance=row.relevance), row.evidence) for row in rows]


def removal(at: datetime, external_id: str = "1") -> Removal:
    """Make a removal."""
    return Removal(Source.X, external_id, at)


async def test_new_and_changed_mentions_are_told_as_they_are_stored(listed: Database, session: Session) -> None:
    """What is told equals what is read; the same again is no news; an edit tells what changed."""
    told = (await apply_posts(listed, [POST], [], tell_all=False)).mentions
    assert [(row.symbol, row.tier, row.reason, row.relevance) for row in told] == [
        (symbol, MentionTier.BARE, f"symbol {symbol}", 0.3) for symbol in ("AAPL", "MSFT")
    ]
    found = await by_ids(session, [(row.posted_at, row.mention_id) for row in told])
    assert shown(found.values()) == shown(told)
    assert (await apply_posts(listed, [POST], [], tell_all=False)).mentions == []
    edited = replace(POST, mentions=(replace(MENTIONS[0], score=501), *MENTIONS[1:]))
    told = (await apply_posts(listed, [edited], [], tell_all=False)).mentions
    assert [(row.symbol, row.score) for row in told] == [("AAPL", 0.0501)]


async def test_a_batch_that_was_written_before_is_told_whole(listed: Database) -> None:
    """Also where a later reading of the post has been stored meanwhile, and where the post has moved."""
    first = (await apply_posts(listed, [POST], [], tell_all=False)).mentions
    assert shown((await apply_posts(listed, [POST], [], tell_all=True)).mentions) == shown(first)
    await apply_posts(listed, [replace(POST, observed_at=NOW + SECOND)], [], tell_all=False)
    again = await apply_posts(listed, [POST], [], tell_all=True)
    assert (again.counts.stale, shown(again.mentions)) == (1, shown(first))
    moved = replace(POST, posted_at=NOW - SECOND, observed_at=NOW + 2 * SECOND)
    await apply_posts(listed, [moved], [], tell_all=False)
    told = (await apply_posts(listed, [POST], [], tell_all=True)).mentions
    assert [row.posted_at for row in told] == [moved.posted_at] * 2


async def test_of_a_batch_the_latest_reading_holds(listed: Database) -> None:
    """Whatever the order; a removal wins against a post that was read at its time."""
    edited = replace(POST, mentions=MENTIONS[:1], observed_at=NOW + SECOND)
    await apply_posts(listed, [edited, POST], [], tell_all=False)
    assert await stored(listed) == [("1", "AAPL")]
    later = replace(POST, observed_at=NOW + 3 * SECOND)
    await apply_posts(listed, [later], [removal(NOW + 2 * SECOND)], tell_all=False)
    assert len(await stored(listed)) == 2
    changes = await apply_posts(listed, [later], [removal(later.observed_at or NOW)], tell_all=True)
    assert (changes.counts.deleted, changes.mentions) == (1, [])
    assert await stored(listed) == []


async def test_a_removal_does_not_outrun_a_later_reading(listed: Database) -> None:
    """One that was found before the stored post was read changes nothing; one of an unseen post leaves a tombstone."""
    await apply_posts(listed, [POST], [], tell_all=False)
    counts = (await apply_posts(listed, [], [removal(NOW - SECOND)], tell_all=False)).counts
    assert (counts.deleted, counts.unchanged, len(await stored(listed))) == (0, 1, 2)
    await apply_posts(listed, [], [removal(NOW + SECOND, "2"), removal(NOW, "2")], tell_all=False)
    unseen = replace(POST, external_id="2", observed_at=NOW + SECOND)
    assert (await apply_posts(listed, [unseen], [], tell_all=False)).counts.deleted == 1
    back = replace(unseen, observed_at=NOW + 2 * SECOND)
    assert (await apply_posts(listed, [back], [], tell_all=False)).counts.updated == 1
    assert len(await stored(listed)) == 4


async def test_a_tombstone_is_as_young_as_the_last_removal(listed: Database) -> None:
    """A removal found earlier, and processed later, does not let an old reading back in."""
    await apply_posts(listed, [POST], [], tell_all=False)
    for at in (NOW + 5 * SECOND, NOW + SECOND):
        await apply_posts(listed, [], [removal(at)], tell_all=False)
    between = replace(POST, observed_at=NOW + 3 * SECOND)
    assert (await apply_posts(listed, [between], [], tell_all=False)).counts.deleted == 1
    assert await stored(listed) == []


async def test_other_writers_delete_whatever_the_reading(listed: Database) -> None:
    """`delete_posts` is an order and no observation: it holds against a post from a clock that runs ahead."""
    await write_posts(listed, [replace(POST, observed_at=datetime.now(UTC) + timedelta(days=1))])
    assert (await delete_posts(listed, Source.X, ["1"])).deleted == 1
    assert await stored(listed) == []
