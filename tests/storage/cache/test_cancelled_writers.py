"""A writer that is stopped as it commits, or as it tells, has told when it is gone: as by Ctrl-C, or a deadline."""

import asyncio
from pathlib import Path

from ops.settings import Settings
from storage.cache.tags import stock
from storage.cancellation import to_its_end
from storage.database import Database, open_database
from storage.deadline import Deadline
from tests.own_valkey import OwnValkey, until
from tests.slow_relay import slowed
from tests.storage.cache.stack import Stack

SLOW_COMMIT = """
CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER dawdles AFTER UPDATE ON stocks DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION dawdle();
"""
COMMITTING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND state = 'active' AND query = 'COMMIT'
"""


async def committing(database: Database) -> bool:
    """Whether a back end commits at this moment."""
    async with database.lease(Deadline.after(20)) as connection:
        return bool(await connection.fetchval(COMMITTING))


async def test_a_cancel_during_the_commit_waits_for_the_telling(one: Stack, other: Stack) -> None:
    """What was committed is served at once by others, and the writer is cancelled all the same."""
    await one.warm()
    async with other.database.lease(Deadline.after(20)) as connection:
        await connection.execute(SLOW_COMMIT)
    writing = asyncio.create_task(other.worth(7))
    async with asyncio.timeout(20):
        while not await committing(one.database):  # noqa: ASYNC110 - the event is on the server
            await asyncio.sleep(0.01)
    writing.cancel()
    await asyncio.wait({writing})
    assert writing.cancelled()
    await one.heard_all()
    found = await one.stock()
    assert found is not None
    assert found.market_cap == 7


async def test_a_cancel_during_the_telling_waits_for_it(
    one: Stack, own_settings: Settings, own_redis: OwnValkey, tmp_path: Path
) -> None:
    """Of a write that takes several commands to tell, from a Redis that answers late, the last is told as well."""
    tags = [stock(f"S{number}") for number in range(1_500)] + [stock("AAPL")]
    async with slowed(Path(own_redis.url.removeprefix("unix://")), tmp_path / "late", 0.2):
        url = Settings.model_validate({"redis_url": f"unix://{tmp_path / 'late'}"}).redis_url
        async with open_database(own_settings.model_copy(update={"redis_url": url})) as late:
            mark = one.invalidations.mark()
            telling = asyncio.create_task(late.telling.tell(tags))
            await until(lambda: one.invalidations.mark() > mark)
            assert not one.invalidations.changed(mark, tags[-1:]), "it tells of that yet"
            telling.cancel()
            await asyncio.wait({telling})
            assert telling.cancelled()
    await one.heard_all()
    assert one.invalidations.changed(mark, tags[-1:])


async def test_what_failed_is_raised_before_the_cancel() -> None:
    """The work's own failure is not hidden by a cancel, which comes where the caller waits next."""
    began, ends = asyncio.Event(), asyncio.Event()
    seen: list[str] = []

    async def work() -> None:
        began.set()
        await ends.wait()
        raise LookupError("work")

    async def caller() -> None:
        try:
            await to_its_end(work())
        except LookupError:
            seen.append("failed")
        await asyncio.sleep(60)

    task = asyncio.create_task(caller())
    await began.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    ends.set()
    await asyncio.wait({task})
    assert (seen, task.cancelled()) == (["failed"], True)
