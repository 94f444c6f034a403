"""Items that cannot be processed: each becomes a dead letter with its reason, and everything beside it is stored."""

import msgspec
import pytest

from ingest.pipeline import lane
from ops.settings import Settings
from storage.database import Database
from storage.dead_letters import DeadLetters
from storage.deadline import Deadline
from storage.intake_group import ALONE_FROM, GROUP, IntakeGroup
from storage.intake_items import CollectedBar, CollectedPost, CollectedQuote
from storage.intake_stream import POSTS, PRICES, IntakeStream
from storage.redis import RedisState
from storage.redis_translation import connected
from storage.terms import Source
from tests.ingest.pipeline.conftest import NOW, Working, empty, eventually, post, rows

pack = msgspec.msgpack.encode
STORED = "SELECT external_id FROM stock_mentions ORDER BY 1"
# What a table refuses that no check foresees: a rule that an operator has added.
_RULE = "ALTER TABLE stock_mentions ADD CONSTRAINT no_poison CHECK (text NOT LIKE '%poison%')"

POISON = [
    (POSTS, b"\xc1", "no MessagePack"),
    (POSTS, pack({"type": "rumour"}), "no item that this version knows"),
    (POSTS, pack({"type": "post", "source": "x"}), "missing required field"),
    (POSTS, pack(post("1", "x" * 40_001)), "text has 40,001 characters"),
    (POSTS, pack(post("")), "external_id has 0 characters"),
    (POSTS, pack(post("1", engagement=-1)), "engagement is -1"),
    (POSTS, pack(CollectedPost(Source.X, "1", NOW.replace(year=2199), NOW, "$AAPL")), "clocks differ"),
    (POSTS, pack(CollectedQuote("AAPL", 1.0, NOW)), "belongs on the stream of prices"),
    (PRICES, pack(post("1")), "belongs on the stream of posts"),
    (PRICES, pack(CollectedQuote("no symbol", 1.0, NOW)), "symbol is 'no symbol'"),
    (PRICES, pack(CollectedQuote("AAPL", float("nan"), NOW)), "price is nan"),
    (PRICES, pack(CollectedBar("AAPL", 61, NOW, 1, 1, 1, 1, 1)), "width is 61 s"),
    (PRICES, pack(CollectedBar("AAPL", 60, NOW, 1, 1, 2, 1, 1)), "must lie within"),
]


async def add(redis: RedisState, stream: str, body: bytes) -> None:
    """Put bytes on a stream, as a collector of another release might."""
    await connected(redis).xadd(stream, {b"item": body})


async def test_each_unfit_item_says_why(
    listed: Database, redis: RedisState, stream: IntakeStream, letters: DeadLetters, working: Working
) -> None:
    """The reason names the value and what would be right; the letter has the bytes; the good ones pass."""
    for name, body, _ in POISON:
        await add(redis, name, body)
        await stream.publish([post(f"beside-{name}")])
    async with working():
        await empty(stream)
    found = await letters.page(100)
    for name, body, reason in POISON:
        (letter,) = [each for each in found if (each.stream, each.item) == (name, body)]
        assert reason in letter.reason
        assert letter.deliveries == 1
    assert len(found) == len(POISON)
    assert len(await rows(listed, STORED)) == 2


async def test_what_the_table_refuses_is_found_among_good_ones(
    listed: Database, stream: IntakeStream, letters: DeadLetters, working: Working
) -> None:
    """A batch is halved until the culprits stand alone; all the others are stored."""
    async with listed.lease(Deadline.after(10)) as connection:
        await connection.execute(_RULE)
    culprits = {"17", "18", "333"}
    await stream.publish(
        [post(str(number), f"$AAPL {'poison' if str(number) in culprits else 'fine'}") for number in range(500)]
    )
    async with working():
        await empty(stream)
    found = await letters.page(100)
    assert {msgspec.msgpack.decode(letter.item)["external_id"] for letter in found} == culprits
    assert all("no_poison" in letter.reason for letter in found)
    assert len(await rows(listed, STORED)) == 497
    assert await letters.retry(found[0])
    assert await letters.count() == 2
    async with listed.lease(Deadline.after(10)) as connection:
        await connection.execute("ALTER TABLE stock_mentions DROP CONSTRAINT no_poison")
    async with working():
        await empty(stream)
    assert len(await rows(listed, STORED)) == 498


async def test_while_dead_letters_are_full_the_intake_waits(
    listed: Database,
    redis: RedisState,
    stream: IntakeStream,
    settings: Settings,
    letters: DeadLetters,
    working: Working,
) -> None:
    """Nothing is thrown away for want of room: the item stays until somebody drops letters."""
    full = settings.intake.dead_letters
    async with connected(redis).pipeline() as pipeline:
        for _ in range(full):
            pipeline.xadd(
                "insitechart:{intake}:dead-letters",
                {"stream": POSTS, "entry": "0-1", "item": b"", "reason": "", "deliveries": 1},
            )
        await pipeline.execute()
    await add(redis, POSTS, b"\xc1")
    async with working():

        async def in_hand() -> bool:
            return any(group["pending"] for group in await connected(redis).xinfo_groups(POSTS))

        await eventually(in_hand)
        assert (await stream.lengths())[POSTS] == 1
        page = await letters.page(10)
        await letters.drop([letter.letter_id for letter in page])
        await empty(stream)
    assert await letters.count() == full - 9


async def test_an_item_that_ends_every_process_ends_as_a_letter(
    listed: Database, redis: RedisState, stream: IntakeStream, letters: DeadLetters, working: Working,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """After three deliveries items come alone, so the culprit alone is counted on; beyond eight it is given up."""
    monkeypatch.setattr(lane, "CLAIM_IDLE", 0.0)
    await stream.publish([post("1"), post("culprit"), post("3")])
    client = connected(redis)
    await client.xgroup_create(POSTS, GROUP, "0")
    dying = IntakeGroup(redis)
    await dying.read(POSTS, 10, 0.1)
    for _ in range(2, ALONE_FROM):
        assert len(await dying.claim(POSTS, 10, of=None, idle=0)) == 3
    first = await dying.claim(POSTS, 10, of=None, idle=0)
    assert [entry.deliveries for entry in first] == [ALONE_FROM]
    await dying.finish(first)
    for deliveries in range(ALONE_FROM, 9):
        (culprit,) = await dying.claim(POSTS, 10, of=None, idle=0)
        assert culprit.deliveries == deliveries
    async with working():
        await empty(stream)
    (letter,) = await letters.page(10)
    assert "delivered 9 times" in letter.reason
    assert msgspec.msgpack.decode(letter.item)["external_id"] == "culprit"
    assert await rows(listed, STORED) == [("3",)]
