"""Collecting in one process: loops that go on after failures, back-pressure, lost leases, single rounds."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ingest.sources.collect import Round, collect, collect_once
from ingest.sources.polling import repeat
from storage.intake_items import CollectedPost
from storage.lease import PREFIX, held
from storage.redis import RedisState
from storage.terms import Feed, Source
from tests.ingest.sources.conftest import Bench, eventually
from tests.ingest.sources.subreddit import Subreddit
from tests.ingest.sources.web import Reply, Web

PATIENCE = 60.0
NEW = "/r/stocks/new"
CREDENTIALS = {"client_id": "id", "client_secret": "hidden", "user_agent": "tests", "communities": ("stocks",)}


@pytest.fixture
def stocks(web: Web) -> Subreddit:
    """A community with three posts, served."""
    community = Subreddit()
    community.add(1, 2, 3)
    community.serve(web)
    return community


@pytest.fixture
def bench(make_bench: Callable[..., Bench], web: Web) -> Bench:
    """Follows r/stocks without pause, and looks nothing up."""
    places = {"url": web.url, "token_url": web.url, "poll_seconds": 0.01, "check_seconds": 0}
    made = make_bench(reddit={**CREDENTIALS, **places}, intake={"lease_seconds": 1.0, "backlog": 1_000})
    assert isinstance(made, Bench)
    return made


async def arrived(bench: Bench, *ids: str) -> None:
    """Wait until just these posts lie on the intake, in any order."""

    async def there() -> bool:
        return sorted(each.external_id for each in await bench.items()) == list(ids)

    await eventually(there)


async def test_a_source_is_read_until_told_to_stop(bench: Bench, stocks: Subreddit, web: Web) -> None:
    """What appears while it runs comes, over a failure in between; the stop ends it, and its lease is free again."""
    stop, redis = asyncio.Event(), RedisState(bench.redis)
    collecting = asyncio.create_task(collect(redis, [Feed.REDDIT], bench.around, stop))
    await arrived(bench, "p0001", "p0002", "p0003")
    web.routes[NEW] = Reply(400)
    asked = len(web.asked(NEW))

    async def asked_again() -> bool:
        return len(web.asked(NEW)) >= asked + 2

    await eventually(asked_again)
    stocks.add(4)
    web.routes[NEW] = stocks.answer
    await arrived(bench, "p0001", "p0002", "p0003", "p0004")
    stop.set()
    await asyncio.wait_for(collecting, PATIENCE)
    async with held(redis, "collect:reddit", 1.0, 0.0):
        pass


async def test_a_lost_lease_ends_reading_and_is_waited_for_again(bench: Bench, stocks: Subreddit) -> None:
    """While another leads nothing is read; when it gives up, reading goes on from the checkpoint."""
    stop, redis = asyncio.Event(), RedisState(bench.redis)
    collecting = asyncio.create_task(collect(redis, [Feed.REDDIT], bench.around, stop))
    await arrived(bench, "p0001", "p0002", "p0003")
    await bench.redis.set(PREFIX + "collect:reddit", b"another")

    async def nobody_reads() -> bool:
        return not any("repeat" in repr(task) for task in asyncio.all_tasks())

    await eventually(nobody_reads)
    stocks.add(4)
    await bench.redis.delete(PREFIX + "collect:reddit")
    await arrived(bench, "p0001", "p0002", "p0003", "p0004")
    stop.set()
    await asyncio.wait_for(collecting, PATIENCE)


async def test_a_redis_that_forgot_its_last_step_is_read_again(bench: Bench, stocks: Subreddit) -> None:
    """Items and checkpoint go together: when both are gone, the next poll brings the items again."""
    await bench.run(Feed.REDDIT)
    checkpoint = await bench.around.outlet._stream.checkpoint("reddit:new:stocks")
    stocks.add(4)
    await bench.forget_items()
    await bench.run(Feed.REDDIT)
    assert [each.external_id for each in await bench.items()] == ["p0004"]
    await bench.forget_items()
    await bench.around.outlet._stream.publish([], ("reddit:new:stocks", checkpoint or b""))
    await bench.run(Feed.REDDIT)
    assert [each.external_id for each in await bench.items()] == ["p0004"]


async def test_an_unreadable_checkpoint_begins_anew(bench: Bench, stocks: Subreddit, log: list[Any]) -> None:
    """As of another release: told in the log, and everything is read again, which writers bear."""
    await bench.around.outlet._stream.publish([], ("reddit:new:stocks", b"\xc1 no MessagePack"))
    await bench.run(Feed.REDDIT)
    assert len(await bench.items()) == 3
    assert [event["checkpoint"] for event in log if event["event"] == "checkpoint_unreadable"] == ["reddit:new:stocks"]


async def test_a_full_intake_holds_the_source_back_and_loses_nothing(
    bench: Bench, stocks: Subreddit, log: list[Any]
) -> None:
    """While scorers are behind, publishing waits; when they catch up, what was read goes in."""
    now = bench.clock.now
    filler = [CollectedPost(Source.X, str(number), now, now, "x") for number in range(1_000)]
    await bench.around.outlet._stream.publish(filler)
    running = asyncio.create_task(bench.run(Feed.REDDIT))

    async def full() -> bool:
        return any(event["event"] == "intake_full" for event in log)

    await eventually(full)
    assert not running.done()
    await bench.forget_items()
    assert {name: each.problem for name, each in (await running).items()} == {"reddit:new:stocks": None}
    assert len(await bench.items()) == 3


async def test_a_single_round_says_how_each_poll_went(bench: Bench, stocks: Subreddit, web: Web) -> None:
    """Done, failed, or led by another process."""
    redis = RedisState(bench.redis)
    assert await collect_once(redis, [Feed.REDDIT], bench.around) == [Round("reddit:new:stocks")]
    web.routes[NEW] = Reply(400)
    (failed,) = await collect_once(redis, [Feed.REDDIT], bench.around)
    assert failed == Round("reddit:new:stocks", "Malformed: HTTP 400 to a listing")
    async with held(redis, "collect:reddit", 5.0):
        assert await collect_once(redis, [Feed.REDDIT], bench.around) == [Round("reddit", led_elsewhere=True)]


async def test_a_mistake_of_ours_in_one_poll_ends_no_other(log: list[Any]) -> None:
    """It is logged with its trace, and the poll is tried again."""
    runs = 0

    class Broken:
        name, every = "broken", 0.001

        async def run(self) -> None:
            nonlocal runs
            runs += 1
            raise ZeroDivisionError

    repeating = asyncio.create_task(repeat(Broken()))

    async def ran_thrice() -> bool:
        return runs >= 3

    await eventually(ran_thrice)
    repeating.cancel()
    broken = [event for event in log if event["event"] == "poll_broken"]
    assert len(broken) >= 2
    assert isinstance(broken[0]["exc_info"], ZeroDivisionError)
