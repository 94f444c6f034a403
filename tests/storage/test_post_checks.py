"""Which posts are due for a look-up at their source, on both back ends."""

from datetime import UTC, datetime, timedelta

from storage.database import Database
from storage.deadline import Deadline
from storage.post_checks import _DUE, due_posts, put_off
from storage.session import Session
from storage.terms import SCORER, Source
from storage.write_posts import PostRecord, write_posts

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def record(source: Source, external_id: str) -> PostRecord:
    """A post without mentions."""
    return PostRecord(
        source=source,
        external_id=external_id,
        posted_at=NOW,
        community=None,
        author=None,
        text="words",
        url=None,
        engagement=None,
        simulated=False,
        model=SCORER,
        mentions=(),
    )


async def test_due_posts_come_longest_overdue_first(database: Database, session: Session) -> None:
    """Only those of the source, only those that are due, at most as many as asked for; null is never due."""
    await write_posts(database, [record(Source.X, str(number)) for number in range(6)])
    await write_posts(database, [record(Source.REDDIT, "0")])
    times = {str(number): NOW - timedelta(minutes=(number * 7) % 5) for number in range(5)}
    await put_off(database, Source.X, {**times, "5": None, "unknown": NOW})
    await put_off(database, Source.REDDIT, {"0": NOW - timedelta(days=1)})
    expected = sorted(times, key=lambda name: times[name])
    assert [post.external_id for post in await due_posts(session, Source.X, NOW, 10)] == expected
    assert [post.external_id for post in await due_posts(session, Source.X, NOW, 2)] == expected[:2]
    assert await due_posts(session, Source.X, NOW - timedelta(minutes=5), 10) == []
    await put_off(database, Source.X, {})
    await put_off(database, Source.X, dict.fromkeys(times))
    assert await due_posts(session, Source.X, NOW, 10) == []


async def test_posts_that_are_due_are_found_by_their_index(database: Database) -> None:
    """However many posts there are, those that are not due cost nothing."""
    await write_posts(database, [record(Source.X, str(number)) for number in range(2_000)])
    async with database.transaction(Deadline.after(10)) as connection:
        await connection.execute("ANALYZE posts")
        plan = await connection.fetch(f"EXPLAIN {_DUE}", "x", NOW, 100)
    assert any("posts_check_idx" in row[0] for row in plan), plan
