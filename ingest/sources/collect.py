"""Collecting: each source is read by one leader among all processes, until told to stop, or once."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog

from ingest.sources.calls import Calls
from ingest.sources.opening import opened
from ingest.sources.polling import repeat, run_once
from ingest.sources.workshop import Surroundings
from storage.lease import LeaseLost, LeaseTaken, held
from storage.redis import RedisState
from storage.terms import Feed

REPORT_SECONDS: Final = 300.0
GRACE_SECONDS: Final = 5.0
_PATIENCE: Final = 1.0  # of a single round, for a lease that somebody is just giving up
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Round:
    """How one poll of a single round went; `led_elsewhere` where another process reads the source."""

    name: str
    problem: str | None = None
    led_elsewhere: bool = False


async def collect(redis: RedisState, feeds: Sequence[Feed], around: Surroundings, stop: asyncio.Event) -> None:
    """Read sources until `stop` is set, those that this process leads; wait to lead the others.

    Reading is cancelled where it waits: what was published stays, and what was not is read again from the checkpoint.
    """
    work = [asyncio.create_task(_lead(redis, feed, around), name=feed.value) for feed in feeds]
    work.append(asyncio.create_task(_report(around.calls)))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([*work, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (*work, stopping):
            task.cancel()
        _, left = await asyncio.wait([*work, stopping], timeout=GRACE_SECONDS)
        if left:
            _log.warning("collectors_left_behind", tasks=sorted(task.get_name() for task in left))
        around.calls.report()
    for task in work:
        if task.done() and not task.cancelled():
            task.result()


async def collect_once(redis: RedisState, feeds: Sequence[Feed], around: Surroundings) -> list[Round]:
    """Run every poll of the sources once, and say how each went. Raise Unavailable where Redis does not answer."""
    rounds = await asyncio.gather(*(_once(redis, feed, around) for feed in feeds), return_exceptions=True)
    around.calls.report()
    for failure in rounds:
        if isinstance(failure, BaseException):
            raise failure
    return [each for some in rounds if not isinstance(some, BaseException) for each in some]


async def _lead(redis: RedisState, feed: Feed, around: Surroundings) -> None:
    """Lead a source again and again: a lease that was lost is waited for like any other."""
    while True:
        with suppress(LeaseLost):  # told in the log by the lease
            async with held(redis, _lease(feed), around.settings.intake.lease_seconds):
                with around.calls.leading(_lease(feed)):
                    await _read(feed, around)


async def _read(feed: Feed, around: Surroundings) -> None:
    async with opened(feed, around) as polls, asyncio.TaskGroup() as group:
        for poll in polls:
            group.create_task(repeat(poll, around.calls.note_poll))


async def _once(redis: RedisState, feed: Feed, around: Surroundings) -> list[Round]:
    rounds: list[Round] = []
    try:
        async with (
            held(redis, _lease(feed), around.settings.intake.lease_seconds, _PATIENCE),
            opened(feed, around) as polls,
        ):
            for poll in polls:
                outcome = await run_once(poll)
                around.calls.note_poll(outcome)
                rounds.append(Round(poll.name, outcome.problem))
    except LeaseTaken:
        rounds.append(Round(feed.value, led_elsewhere=True))
    except LeaseLost:
        rounds.append(Round(feed.value, "Redis was away for too long, or another process took over"))
    return rounds


async def _report(calls: Calls) -> None:
    while True:
        await asyncio.sleep(REPORT_SECONDS)
        calls.report()


def _lease(feed: Feed) -> str:
    return f"collect:{feed.value}"
