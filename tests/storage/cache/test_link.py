"""The link hears what redis-py 8 is told under client tracking, with either of its parsers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection

import pytest
from redis.asyncio import Redis, connection
from redis.asyncio.connection import AbstractConnection
from structlog.testing import capture_logs

from ops.settings import Settings
from storage.cache.invalidation import Invalidations, bump
from storage.cache.keys import VERSION_PREFIX, version_key
from storage.cache.link import open_invalidations
from storage.redis import RedisState, open_redis
from tests.own_valkey import OwnValkey, until

PARSERS = ["_AsyncHiredisParser", "_AsyncRESP3Parser"]


@pytest.fixture
def settings(own_redis: OwnValkey) -> Settings:
    """Settings that name a Redis and no database."""
    return Settings.model_validate({"redis_url": own_redis.url})


async def heard_after(invalidations: Invalidations, redis: RedisState, tags: Collection[str]) -> frozenset[str]:
    """Tell of tags, and return what was heard by the time the last of them was."""
    heard: set[str] = set()
    invalidations.listen(lambda some: heard.update(some or ()))
    await bump(redis, tags)
    await until(lambda: heard.issuperset(tags))
    return frozenset(heard)


@pytest.mark.parametrize("parser", PARSERS)
async def test_writes_are_heard(settings: Settings, monkeypatch: pytest.MonkeyPatch, parser: str) -> None:
    """Also more of them than one reply brings, and tags that nobody has versions of."""
    from redis import _parsers  # noqa: PLC0415 - the parsers have no public place

    monkeypatch.setattr(connection, "DefaultParser", getattr(_parsers, parser))
    async with open_invalidations(settings) as invalidations, open_redis(settings) as redis:
        await until(lambda: invalidations.trusted)
        tags = [f"stock:S{number}" for number in range(3_000)]
        assert await heard_after(invalidations, redis, tags) == frozenset(tags)


async def test_a_stranger_among_the_versions_hides_nothing(settings: Settings) -> None:
    """A key that no writer here would set is no text; what is told together with it is heard."""
    async with open_invalidations(settings) as invalidations, open_redis(settings) as redis:
        await until(lambda: invalidations.trusted)
        assert redis.client is not None
        mark, begun = invalidations.mark(), time.monotonic()
        strange = VERSION_PREFIX.encode() + b"stock:\xff\xfe"
        await redis.client.mset(
            {strange: b"", version_key("stock:A").encode(): b"", version_key("stock:B").encode(): b""}
        )
        await until(lambda: invalidations.proved_at > begun)
        assert invalidations.changed(mark, ["stock:A"])
        assert invalidations.changed(mark, ["stock:B"])


async def test_what_cannot_be_heard_counts_as_a_change_of_everything(settings: Settings) -> None:
    """The driver swallows what its handlers raise; a write must not be lost that way."""
    async with open_invalidations(settings) as invalidations, open_redis(settings) as redis:
        await until(lambda: invalidations.trusted)
        mark, begun = invalidations.mark(), time.monotonic()

        def break_down(tags: frozenset[str] | None) -> None:
            if tags is not None:
                raise ValueError

        invalidations.listen(break_down)
        await bump(redis, ["stock:A"])
        await until(lambda: invalidations.proved_at > begun)
        assert invalidations.changed(mark, ["stock:B"])


async def test_a_version_that_is_lost_is_heard(settings: Settings) -> None:
    """Deleted, run out, or flushed: what depended on it is uncertain."""
    async with open_invalidations(settings) as invalidations, open_redis(settings) as redis:
        await until(lambda: invalidations.trusted)
        client = redis.client
        assert client is not None
        await heard_after(invalidations, redis, ["stock:A", "stock:B", "stock:C"])
        mark = invalidations.mark()
        await client.unlink(version_key("stock:A"))
        await client.pexpire(version_key("stock:B"), 1)
        await until(lambda: invalidations.changed(mark, ["stock:A"]) and invalidations.changed(mark, ["stock:B"]))
        assert not invalidations.changed(mark, ["stock:C"])
        await client.flushdb()
        await until(lambda: invalidations.changed(mark, ["stock:C"]))


async def test_a_silent_link_is_believed_for_a_lease(settings: Settings, own_redis: OwnValkey) -> None:
    """A half-open connection brings neither writes nor an end; without an answer to a ping, trust runs out."""
    async with open_invalidations(settings) as invalidations:
        await until(lambda: invalidations.trusted)
        own_redis.freeze()
        frozen = asyncio.get_running_loop().time()
        await until(lambda: not invalidations.trusted)
        assert invalidations.proved_at <= frozen
        own_redis.thaw()
        await until(lambda: invalidations.trusted)


async def test_a_cut_connection_is_made_anew(settings: Settings) -> None:
    """And whatever was told in between counts as told."""
    async with open_invalidations(settings) as invalidations, open_redis(settings) as redis:
        await until(lambda: invalidations.trusted)
        mark, proofs = invalidations.mark(), invalidations.proofs
        client = redis.client
        assert client is not None
        await client.execute_command("CLIENT", "KILL", "SKIPME", "yes")  # type: ignore[no-untyped-call]
        await until(lambda: invalidations.mark() > mark)
        await until(lambda: invalidations.trusted and invalidations.proofs > proofs)
        assert invalidations.changed(mark, ["stock:AAPL"])


async def test_without_a_redis_nothing_is_trusted() -> None:
    """So nothing is remembered: there would be nobody to tell of writes."""
    async with open_invalidations(Settings()) as invalidations:
        assert not invalidations.trusted
        assert invalidations.changed(invalidations.mark(), [])


async def test_replies_under_tracking_are_read_as_usual(own_redis: OwnValkey) -> None:
    """Reads on a connection that follows see what others wrote: pushes between replies are taken out of their way."""
    follower: Redis = Redis.from_url(own_redis.url, protocol=3, single_connection_client=True)
    async with follower, Redis.from_url(own_redis.url) as writer:
        pushed: list[object] = []

        async def hear(push: list[object]) -> None:
            pushed.append(push[1])

        await follower.initialize()
        own = follower.connection
        assert isinstance(own, AbstractConnection)
        own._parser.set_invalidation_push_handler(hear)  # type: ignore[attr-defined]
        await follower.execute_command("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a")  # type: ignore[no-untyped-call]
        for number in range(500):
            await writer.set("a", number)
            assert await follower.get("a") == str(number).encode()
        assert pushed == [[b"a"]] * 500


async def test_closing_ends_the_link_wherever_it_stands(own_redis: OwnValkey) -> None:
    """A cancel that the driver swallows while it sends must not leave a link that nobody can end."""
    settings = Settings.model_validate({"redis_url": own_redis.url, "cache": {"lease": 0.1}})
    for number in range(150):
        async with asyncio.timeout(60), open_invalidations(settings):
            await asyncio.sleep(number % 30 / 1_000)


async def test_a_redis_that_stays_away_is_told_of_once(own_redis: OwnValkey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attempt fails alike; the log says when the link broke, and when it lives again."""
    attempts: list[str] = []
    monkeypatch.setattr(AbstractConnection, "connect", _counting(AbstractConnection.connect, attempts))
    settings = Settings.model_validate({"redis_url": own_redis.url})
    with capture_logs() as logs:
        async with open_invalidations(settings) as invalidations:
            await until(lambda: invalidations.trusted)
            for _ in range(2):
                own_redis.kill()
                attempts.clear()
                await until(lambda: len(attempts) >= 3)
                own_redis.start()
                await until(lambda: invalidations.trusted)
    told = [line["event"] for line in logs if line["event"].startswith("invalidation_link")]
    assert told == ["invalidation_link_broken", "invalidation_link_mended"] * 2


def _counting(
    connect: Callable[[AbstractConnection], Awaitable[None]], attempts: list[str]
) -> Callable[[AbstractConnection], Awaitable[None]]:
    async def counted(self: AbstractConnection) -> None:
        attempts.append("connect")
        await connect(self)

    return counted
