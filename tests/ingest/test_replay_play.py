"""Playing a recorded feed into a real stream: each item once, whatever interrupts it, at the pace asked for."""

import asyncio
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.importing.faults import UnusableInput
from ingest.replay.line_format import encode
from ingest.replay.play import Pace, Play
from ingest.replay.recorded import RecordedFeed
from ingest.replay.tally import StoppedAtFirst, Tally
from ops.errors import Unavailable
from ops.settings import Settings
from storage.intake_items import CollectedPost, Item
from storage.intake_stream import IntakeStream
from storage.redis import open_redis
from tests.ingest.replays import BEGIN, entered, played, post, recording

Checkpoint = tuple[str, bytes] | None


@pytest.fixture
def settings(redis_url: str) -> Settings:
    """Settings that name the test's own Redis."""
    return Settings.model_validate({"redis_url": redis_url})


class Breaking(IntakeStream):
    """A stream whose step number `at` fails, before or after it entered."""

    def __init__(self, stream: IntakeStream, at: int, *, after: bool, failure: BaseException) -> None:
        self._stream, self._at, self._after, self._failure = stream, at, after, failure
        self.steps = 0

    async def publish(self, items: Sequence[Item], checkpoint: Checkpoint = None, *, seconds: float = 30.0) -> None:
        """Publish, or fail."""
        self.steps += 1
        if self.steps == self._at and not self._after:
            raise self._failure
        await self._stream.publish(items, checkpoint, seconds=seconds)
        if self.steps == self._at:
            raise self._failure

    async def checkpoint(self, name: str) -> bytes | None:
        """Read the real one."""
        return await self._stream.checkpoint(name)


async def test_a_feed_enters_once_and_in_order(settings: Settings, tmp_path: Path) -> None:
    """All items are there in the order of the file; played again, nothing is; from the start, all of it again."""
    items = [post(number) for number in range(1_203)]
    path = recording(tmp_path, items)
    tally = await played(settings, path)
    assert (tally.published, tally.items, tally.lines, tally.rejected) == (1_203, 1_203, 1_203, 0)
    again = await played(settings, path)
    assert (again.published, again.before, again.lines) == (0, 1_203, 1_203)
    async with open_redis(settings) as redis:
        assert await entered(redis) == items
        assert (await played(settings, path, from_start=True)).published == 1_203
        assert await entered(redis) == items + items


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("failure", [Unavailable("cut"), KeyboardInterrupt()], ids=["unanswered", "killed"])
@pytest.mark.parametrize("at", [1, 2, 4])
async def test_no_interruption_loses_or_doubles(
    settings: Settings, tmp_path: Path, at: int, failure: BaseException, *, after: bool
) -> None:
    """A step that failed before or after it entered, in a process that went on or was started again: each item once."""
    items = [post(number) for number in range(1_700)]
    path = recording(tmp_path, items)
    async with open_redis(settings) as redis:
        stream = Breaking(IntakeStream(redis, settings), at, after=after, failure=_catchable(failure))
        try:
            await played(settings, path, stream=stream)
        except Killed:
            await played(settings, path)
        assert stream.steps >= at
        assert await entered(redis) == items


class Killed(Exception):
    """Stands for the end of the process, which no test survives."""


def _catchable(failure: BaseException) -> BaseException:
    return Killed() if isinstance(failure, KeyboardInterrupt) else failure


async def test_a_redis_that_forgot_is_told_again(settings: Settings, tmp_path: Path) -> None:
    """When Redis comes back without its last steps, the play goes back to the checkpoint that is left."""
    items = [post(number) for number in range(1_400)]
    path = recording(tmp_path, items)
    async with open_redis(settings) as redis:
        assert redis.client is not None
        client = redis.client

        class Forgetting(Breaking):
            async def publish(
                self, items: Sequence[Item], checkpoint: Checkpoint = None, *, seconds: float = 30.0
            ) -> None:
                """Forget everything after the second step."""
                await super().publish(items, checkpoint, seconds=seconds)
                if self.steps == 2:
                    await client.flushdb()

        stream = Forgetting(IntakeStream(redis, settings), 0, after=False, failure=Killed())
        tally = await played(settings, path, stream=stream)
        assert await entered(redis) == items
        assert (tally.items, tally.lines) == (1_400, 1_400)


async def test_a_changed_file_is_not_played_on(settings: Settings, tmp_path: Path) -> None:
    """Lines that were put in or taken out before the position are noticed, and the message says what to do."""
    path = recording(tmp_path, [post(number) for number in range(5)])
    await played(settings, path)
    for changed in ([post(9), *map(post, range(5))], [post(0)]):
        recording(tmp_path, changed)
        with pytest.raises(UnusableInput, match="its first 5 lines are others; --from-start"):
            await played(settings, path)
    assert (await played(settings, path, from_start=True)).published == 1


async def test_a_strict_play_stops_where_the_bad_line_stands(settings: Settings, tmp_path: Path) -> None:
    """What stands before is played; after a repair, the rest is played, and nothing twice."""
    path = recording(tmp_path, [post(0), post(1)])
    good = path.read_bytes()
    path.write_bytes(good + b"{}\n" + encode(BEGIN, post(2)))
    for _ in range(2):
        with pytest.raises(StoppedAtFirst):
            await played(settings, path, strict=True)
    path.write_bytes(good + encode(BEGIN, post(2)))
    await played(settings, path, strict=True)
    async with open_redis(settings) as redis:
        assert await entered(redis) == [post(0), post(1), post(2)]


async def test_a_shifted_feed_is_new_each_time_and_itself_after_an_interruption(
    settings: Settings, tmp_path: Path
) -> None:
    """Its first line is now; resumed, it keeps ids and dates; begun anew at another time, it is another feed."""
    path = recording(tmp_path, [post(number) for number in range(1_200)])
    async with open_redis(settings) as redis:
        broken = Breaking(IntakeStream(redis, settings), 2, after=False, failure=Killed())
        with pytest.raises(Killed):
            await played(settings, path, shift=True, stream=broken)
        await asyncio.sleep(1.1)  # ids end in whole seconds
        await played(settings, path, shift=True)
        items = [item for item in await entered(redis) if isinstance(item, CollectedPost)]
        assert len({item.external_id for item in items}) == 1_200
        assert {item.posted_at - post(number).posted_at for number, item in enumerate(items)} == {
            items[0].posted_at - BEGIN
        }
        await played(settings, path, shift=True, from_start=True)
        again = [item for item in await entered(redis) if isinstance(item, CollectedPost)]
        assert len({item.external_id for item in again}) == 2_400


async def test_items_are_due_by_the_clock_of_the_feed() -> None:
    """At speed 60 a minute of the feed is a second; at speed 0 everything is due."""
    now = 1_000.0
    pace = Pace(60, lambda: now)
    assert pace.seconds_until(BEGIN) == 0
    assert pace.seconds_until(BEGIN + timedelta(minutes=3)) == pytest.approx(3)
    now += 2
    assert pace.seconds_until(BEGIN + timedelta(minutes=3)) == pytest.approx(1)
    assert pace.seconds_until(BEGIN - timedelta(minutes=3)) < 0
    assert Pace(0).seconds_until(BEGIN + timedelta(days=9)) == 0


async def test_what_is_not_due_does_not_enter(settings: Settings, tmp_path: Path) -> None:
    """Items hours ahead wait, those before them are in, and a stop ends the wait."""
    path = recording(tmp_path, [post(0), post(1)], seconds=3_600)
    stop, tally = asyncio.Event(), Tally()
    async with open_redis(settings) as redis:
        play = Play(
            IntakeStream(redis, settings), RecordedFeed(str(path), tally), Pace(1), "test",
            on_published=lambda _items, _at: stop.set(),
        )  # fmt: skip
        assert not await play.run(stop)
        assert await entered(redis) == [post(0)]
        assert (await played(settings, path)).published == 1
        assert await entered(redis) == [post(0), post(1)]


async def test_a_pipe_is_played_as_its_lines_come(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line enters without waiting for the next; a stop ends the wait for one that never comes."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe, os.fdopen(writing, "wb", buffering=0) as pen:
        monkeypatch.setattr("sys.stdin", pipe)
        stop, heard = asyncio.Event(), asyncio.Queue[int]()
        async with open_redis(settings) as redis, asyncio.TaskGroup() as group:
            play = Play(
                IntakeStream(redis, settings), RecordedFeed("-", Tally()), Pace(0), None,
                on_published=lambda items, _at: heard.put_nowait(items),
            )  # fmt: skip
            running = group.create_task(play.run(stop))
            for number in range(3):
                pen.write(encode(BEGIN, post(number)))
                assert await heard.get() == 1
            assert await entered(redis) == [post(0), post(1), post(2)]
            stop.set()
            assert not await running
