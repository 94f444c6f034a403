"""`queues` and `dead-letters`, as people and scripts see them."""

import json

import pytest
from click.testing import CliRunner, Result
from redis import Redis

from ops.cli import dead_letters, exits, main
from storage.dead_letters import DEAD_LETTERS, DeadLetter, DeadLetters
from storage.intake_stream import CHECKPOINT_TIMES, POSTS


@pytest.fixture
def client(redis_url: str) -> "Redis":
    """A client."""
    return Redis.from_url(redis_url)


def run(redis_url: str, *arguments: str, typed: str | None = None) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, [*arguments, "--redis-url", redis_url], input=typed)


def bury(client: Redis, item: bytes, reason: str = "no MessagePack") -> str:
    """Make a dead letter; return its id."""
    fields = {"stream": POSTS, "entry": "1-1", "item": item, "deliveries": 3, "reason": reason}
    found = client.xadd(DEAD_LETTERS, fields)  # type: ignore[arg-type]
    assert isinstance(found, bytes)
    return found.decode()


def test_an_idle_intake_shows_zeros(redis_url: str) -> None:
    """Before anything ran there is nothing to fail on."""
    result = run(redis_url, "queues")
    assert result.exit_code == exits.DONE
    assert "dead letters" in result.output
    state = json.loads(run(redis_url, "queues", "--json").output)
    assert [(queue["name"], queue["length"], queue["lag"]) for queue in state["queues"]] == [
        ("posts", 0, None),
        ("prices", 0, None),
    ]


def test_queues_tell_lag_pending_checkpoints_and_leaders(redis_url: str, client: Redis) -> None:
    """What waits, since when, in whose hand, how old each checkpoint is, and who leads."""
    client.xgroup_create(POSTS, "scorers", "0", mkstream=True)
    client.xadd(POSTS, {"item": b"1"}, id=f"{(int(client.time()[0]) - 90) * 1_000}-0")
    client.xadd(POSTS, {"item": b"2"})
    client.xreadgroup("scorers", "me", {POSTS: ">"}, count=1)
    client.hset(CHECKPOINT_TIMES, "reddit", int(client.time()[0]) - 30)
    client.set("insitechart:lease:prices", "host:1:ab", ex=60)
    state = json.loads(run(redis_url, "queues", "--json").output)
    posts = state["queues"][0]
    assert (posts["length"], posts["pending"], posts["consumers"]) == (2, 1, 1)
    assert 89 < posts["lag"] < 200
    assert 29 < state["checkpoints"][0]["age"] < 140
    assert state["leaders"] == {"prices": "host:1:ab"}
    shown = run(redis_url, "queues").output
    assert "checkpoint  reddit" in shown
    assert "leads       prices: host:1:ab" in shown


def test_letters_are_listed_with_reason_and_item(redis_url: str, client: Redis) -> None:
    """Bytes that are no item are shown as such, and nothing in them steers the terminal."""
    assert "no dead letters" in run(redis_url, "dead-letters", "list").output
    bury(client, b"\xc1")
    bury(
        client,
        b"\x81\xa4text\xa5\x1b[2Jx",
        "text is \x1b[31mred, \\[link=https://x]no link[/], \N{RIGHT-TO-LEFT OVERRIDE}",
    )
    result = run(redis_url, "dead-letters", "list")
    assert result.exit_code == exits.DONE
    assert "no MessagePack" in result.output
    assert "\x1b" not in result.output
    found = json.loads(run(redis_url, "dead-letters", "list", "--json").output)
    assert found[0]["item"] == {"base64": "wQ=="}
    assert found[1]["item"] == {"text": "\x1b[2Jx"}
    assert found[0]["stream"] == "posts"
    assert len(json.loads(run(redis_url, "dead-letters", "list", "--json", "--limit", "1").output)) == 1


def test_letters_are_retried_and_dropped_by_id(redis_url: str, client: Redis) -> None:
    """A retried item stands on its stream again, a dropped one is gone, an unknown id is a failure that is named."""
    first, second, third = (bury(client, bytes([number])) for number in range(3))
    assert run(redis_url, "dead-letters", "retry", second).exit_code == exits.DONE
    assert [fields for _, fields in client.xrange(POSTS)] == [{b"item": b"\x01"}]  # type: ignore[union-attr]
    result = run(redis_url, "dead-letters", "drop", first, second)
    assert result.exit_code == exits.FAILED
    assert second in result.output
    assert client.xlen(DEAD_LETTERS) == 1
    assert run(redis_url, "dead-letters", "retry", "--all").exit_code == exits.DONE
    assert (client.xlen(DEAD_LETTERS), client.xlen(POSTS)) == (0, 2)
    assert third


def test_letters_of_a_full_stream_stay_where_they_are(
    redis_url: str, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Retrying says how many went and what is full, and fails; every item is either put back or still a letter."""
    monkeypatch.setenv("INSITECHART_INTAKE_BACKLOG", "1000")
    for number in range(998):
        client.xadd(POSTS, {"item": f"waiting {number}"})
    letters = [bury(client, f"letter {number}".encode()) for number in range(5)]
    result = run(redis_url, "dead-letters", "retry", "--all")
    assert result.exit_code == exits.FAILED
    assert f"2 put back, then {POSTS} is full" in result.output
    assert client.xlen(POSTS) == 1_000
    assert [name.decode() for name, _ in client.xrange(DEAD_LETTERS)] == letters[2:]  # type: ignore[union-attr]
    assert run(redis_url, "dead-letters", "retry", letters[4]).exit_code == exits.FAILED
    client.xtrim(POSTS, maxlen=0)
    assert run(redis_url, "dead-letters", "retry", "--all").exit_code == exits.DONE
    assert [fields[b"item"] for _, fields in client.xrange(POSTS)] == [b"letter 2", b"letter 3", b"letter 4"]  # type: ignore[union-attr,index]
    assert client.xlen(DEAD_LETTERS) == 0


def test_ten_thousand_letters_are_listed_by_the_page(
    redis_url: str, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first fifty are shown and the others counted; no more is asked of the server than is shown, page by page."""
    with client.pipeline() as pipeline:
        for number in range(10_000):
            fields = {"stream": POSTS, "entry": "1-1", "item": b"x", "deliveries": 1, "reason": f"reason {number}"}
            pipeline.xadd(DEAD_LETTERS, fields)  # type: ignore[arg-type]
        pipeline.execute()
    asked: list[int] = []
    page = DeadLetters.page

    async def counted(letters: DeadLetters, most: int, after: str | None = None) -> list[DeadLetter]:
        asked.append(most)
        return await page(letters, most, after)

    monkeypatch.setattr(DeadLetters, "page", counted)
    shown = run(redis_url, "dead-letters", "list")
    assert shown.exit_code == exits.DONE
    assert "reason 49" in shown.output
    assert "reason 50" not in shown.output
    assert "9,950 more: use --limit 10000" in shown.output
    assert asked == [50]
    asked.clear()
    every = json.loads(run(redis_url, "dead-letters", "list", "--json", "--limit", "10000").output)
    assert [letter["reason"] for letter in every] == [f"reason {number}" for number in range(10_000)]
    assert asked == [1_000] * 10


def test_queues_say_when_letters_are_full(redis_url: str, client: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """By bytes, too: few long letters hold up the intake as many short ones do."""
    monkeypatch.setenv("INSITECHART_INTAKE_DEAD_LETTERS_MEGABYTES", "1")
    bury(client, b"x" * 40_000)
    assert "the intake waits" not in run(redis_url, "queues").output
    for _ in range(24):
        bury(client, b"x" * 40_000)
    assert "the intake waits" in run(redis_url, "queues").output
    state = json.loads(run(redis_url, "queues", "--json").output)
    assert (state["dead_letters"], state["dead_letters_full"]) == (25, True)
    assert state["dead_letter_bytes"] > 0.9 * state["most_dead_letter_bytes"]


def test_dropping_all_is_confirmed_at_a_terminal(
    redis_url: str, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripts are not asked, people are; anything but a yes drops nothing."""
    bury(client, b"1")
    monkeypatch.setattr(dead_letters, "at_terminal", lambda: True)
    assert run(redis_url, "dead-letters", "drop", "--all", typed="n\n").exit_code != exits.DONE
    assert client.xlen(DEAD_LETTERS) == 1
    assert run(redis_url, "dead-letters", "drop", "--all", typed="y\n").exit_code == exits.DONE
    monkeypatch.undo()
    bury(client, b"2")
    assert run(redis_url, "dead-letters", "drop", "--all").exit_code == exits.DONE
    assert client.xlen(DEAD_LETTERS) == 0


@pytest.mark.parametrize("command", ["retry", "drop"])
def test_a_choice_must_be_made(redis_url: str, command: str) -> None:
    """Neither nothing nor both: an empty list of ids is no order to drop everything."""
    for arguments in ([], ["--all", "1-1"]):
        result = run(redis_url, "dead-letters", command, *arguments)
        assert result.exit_code == exits.USAGE
        assert "--all" in result.output


def test_a_redis_that_is_away_has_its_exit_code() -> None:
    """Scripts can tell an absent server from an empty queue."""
    for command in (["queues"], ["dead-letters", "list"]):
        assert run("unix:///nowhere/redis.sock", *command).exit_code == exits.UNAVAILABLE
    beside = CliRunner().invoke(main, ["queues", "--database-url", "postgresql://h/d"])
    assert (beside.exit_code, "--redis-url" in beside.output) == (exits.UNAVAILABLE, True)
