"""Old texts and tombstones go in bounded steps; everything that is counted stays as it is."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage import retention
from storage.database import Database
from storage.deadline import Deadline
from storage.retention import clear_texts, purge_silent, purge_tombstones
from storage.terms import Source
from storage.write_posts import delete_posts, write_posts
from tests.storage.floods import post
from tests.storage.histories import NOW, live

BEFORE = {
    Source.X: NOW - timedelta(days=30),
    Source.REDDIT: NOW - timedelta(days=30),
    Source.NEWS: NOW - timedelta(days=90),
}


async def fetch(database: Database, sql: str) -> list[Any]:
    """Look at the tables."""
    async with database.lease(Deadline.after(10)) as connection:
        return [tuple(row) for row in await connection.fetch(sql)]


async def clear_all(database: Database) -> int:
    """Clear step by step until all is done."""
    texts, position = 0, None
    while True:
        step = await clear_texts(database, BEFORE, position)
        texts, position = texts + step.texts, step.position
        if position is None:
            return texts


async def test_old_texts_go_and_the_rest_stays(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """By each source's own time, in steps of three; roll-ups, scores and simulated texts are untouched."""
    monkeypatch.setattr(retention, "TEXTS_AT_ONCE", 3)
    await live(database, [])
    days = [0, 1, 29, 31, 31, 31, 31, 45, 60, 89, 91, 200]
    rows = [
        replace(post(number, "AAPL", NOW - timedelta(days=day)), source=source, external_id=f"{source.value}-{number}")
        for number, day in enumerate(days)
        for source in Source
    ]
    made_up = [
        replace(post(100 + number, "MSFT", NOW - timedelta(days=day)), simulated=True)
        for number, day in enumerate(days)
    ]
    await write_posts(database, [*rows, *made_up])
    before = await fetch(database, "SELECT * FROM sentiment_data ORDER BY symbol, width, bucket, source")
    assert await clear_all(database) == 9 + 9 + 2
    assert await clear_all(database) == 0
    assert await fetch(database, "SELECT * FROM sentiment_data ORDER BY symbol, width, bucket, source") == before
    kept = await fetch(database, "SELECT source, posted_at, text IS NULL FROM stock_mentions WHERE NOT simulated")
    assert all(cleared == (at < BEFORE[Source(source)]) for source, at, cleared in kept)
    assert await fetch(database, "SELECT count(*) FROM stock_mentions WHERE simulated AND text IS NULL") == [(0,)]
    assert await fetch(database, "SELECT DISTINCT evidence FROM stock_mentions WHERE text IS NULL") == [("[]",)]


async def test_nothing_to_clear_is_no_error(database: Database) -> None:
    """An empty table is done at once."""
    await live(database, [])
    assert await clear_all(database) == 0


async def test_old_tombstones_go(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries deleted before the time go, a few at a time; younger tombstones and living posts stay."""
    monkeypatch.setattr(retention, "ENTRIES_AT_ONCE", 3)
    await live(database, [])
    await write_posts(database, [post(number, "AAPL", NOW) for number in range(10)])
    await delete_posts(database, Source.X, [f"AAPL-{number}" for number in range(7)])
    await fetch(database, "UPDATE posts SET deleted_at = '2020-01-01Z' WHERE external_id < 'AAPL-5' RETURNING 1")
    horizon = datetime(2020, 1, 2, tzinfo=NOW.tzinfo)
    assert [await purge_tombstones(database, horizon) for _ in range(3)] == [3, 2, 0]
    assert await fetch(database, "SELECT count(*), count(deleted_at) FROM posts") == [(5, 2)]


async def test_old_silent_entries_go(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those last read before the time that have neither mentions nor a tombstone; read again, a post is new."""
    monkeypatch.setattr(retention, "ENTRIES_AT_ONCE", 3)
    await live(database, [])
    old, young = NOW - timedelta(days=91), NOW - timedelta(days=89)
    spoken = [replace(post(number, "AAPL", old), observed_at=old) for number in range(9)]
    silent = [replace(each, mentions=()) for each in spoken]
    await write_posts(
        database, [*silent[:6], *spoken[6:], replace(post(9, "AAPL", old), observed_at=young, mentions=())]
    )
    await write_posts(database, [replace(spoken[0], observed_at=None)])  # has a voice now, from a file without times
    await write_posts(database, [replace(silent[8], observed_at=None)])  # has lost it
    await delete_posts(database, Source.X, ["AAPL-1"])
    horizon = NOW - timedelta(days=90)
    assert [await purge_silent(database, horizon) for _ in range(3)] == [3, 2, 0]
    ids = [external_id for (external_id,) in await fetch(database, "SELECT external_id FROM posts ORDER BY 1")]
    assert ids == ["AAPL-0", "AAPL-1", "AAPL-6", "AAPL-7", "AAPL-9"]
    assert await fetch(database, "SELECT external_id FROM stock_mentions ORDER BY 1") == [
        ("AAPL-0",), ("AAPL-6",), ("AAPL-7",),
    ]  # fmt: skip
    assert (await write_posts(database, [replace(silent[2], observed_at=NOW)])).inserted == 1
    assert await purge_silent(database, horizon) == 0


async def test_a_post_that_gets_a_voice_is_not_purged(database: Database) -> None:
    """The purge skips an entry that a writer holds, and sees what the writer made of it."""
    await live(database, [])
    old = NOW - timedelta(days=91)
    spoken = replace(post(1, "AAPL", old), observed_at=old)
    await write_posts(database, [replace(spoken, mentions=())])
    async with database.transaction(Deadline.after(10)) as connection:
        await connection.execute("SELECT FROM posts FOR UPDATE")
        assert await purge_silent(database, NOW) == 0
    await write_posts(database, [spoken])
    assert await purge_silent(database, NOW) == 0
    assert await fetch(database, "SELECT count(*) FROM posts") == [(1,)]
