"""`insitechart collect --replay` as a process: what it says, how it ends, and that a kill costs nothing."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.cli.replay_run import SHOWN_REJECTIONS
from ops.settings import Settings
from storage.intake_stream import POSTS
from storage.redis import open_redis
from tests.ingest.replays import entered, post, recording
from tests.ops.embedded.users import ROOT


@pytest.fixture
def command(plain_database_url: str, redis_url: str) -> list[str]:
    """The command on the test's own servers."""
    words = [sys.executable, "-m", "ops.cli", "collect", "--database-url", plain_database_url]
    return [*words, "--redis-url", redis_url, "--replay"]


def run(command: list[str], *arguments: str, feed: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [*command, *arguments], cwd=ROOT, env=environment, input=feed, capture_output=True, check=False, timeout=60
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


async def test_bad_lines_are_told_and_the_rest_is_played(command: list[str], redis_url: str, tmp_path: Path) -> None:
    """Number and reason of each, exit code 1; strict stops there; the end is remembered, and can be forgotten."""
    path = recording(tmp_path, [post(0), post(1)])
    path.write_bytes(path.read_bytes().replace(b"\n", b"\n{}\n", 1))
    strict = run(command, str(path), "--speed", "0", "--strict")
    assert (strict.returncode, "stopped at the first bad line" in strict.stderr) == (1, True)
    done = run(command, str(path), "--speed", "0")
    assert done.returncode == 1
    assert f"{path}: line 2: kind is none of post, removed, bar, quote, stock" in done.stderr
    assert "1 items played, 1 bad lines passed over, 1 lines played before" in done.stdout
    again = run(command, str(path))
    assert (again.returncode, "--from-start plays it again" in again.stdout) == (0, True)
    path.write_bytes(path.read_bytes().replace(b"{}", b"[]"))
    changed = run(command, str(path))
    assert (changed.returncode, changed.stdout) == (2, "")
    assert changed.stderr.startswith(f"{path} is not what was played before: its first 3 lines are others; ")
    async with open_redis(Settings.model_validate({"redis_url": redis_url})) as redis:
        assert await entered(redis) == [post(0), post(1)]


async def test_standard_input_is_played(command: list[str], redis_url: str, tmp_path: Path) -> None:
    """A feed comes through a pipe as well."""
    feed = recording(tmp_path, [post(0), post(1)]).read_bytes()
    assert run(command, "-", "--speed", "0", feed=feed).returncode == 0
    async with open_redis(Settings.model_validate({"redis_url": redis_url})) as redis:
        assert await entered(redis) == [post(0), post(1)]


def test_a_file_that_is_not_there_is_named(command: list[str], tmp_path: Path) -> None:
    """Wrong usage, in words."""
    done = run(command, str(tmp_path / "missing.jsonl"))
    assert (done.returncode, "missing.jsonl: No such file" in done.stderr, done.stdout) == (2, True, "")


def test_of_many_bad_lines_the_rest_is_counted(command: list[str], tmp_path: Path) -> None:
    """A file that is no feed does not flood the screen, and what is not told one by one is told as a number."""
    path = tmp_path / "feed.jsonl"
    path.write_text("{}\n" * 25)
    done = run(command, str(path), "--speed", "0")
    assert (done.returncode, done.stderr.count(": line ")) == (1, SHOWN_REJECTIONS)
    assert done.stderr.endswith("… and 5 more bad lines\n")
    assert "0 items played, 25 bad lines passed over" in done.stdout


async def test_a_file_may_have_any_name(command: list[str], redis_url: str, tmp_path: Path) -> None:
    """A name that is no UTF-8 is played, and remembered, like any other."""
    odd = recording(tmp_path, [post(0)]).rename(tmp_path / os.fsdecode(b"\xff.jsonl"))
    assert run(command, str(odd), "--speed", "0").returncode == 0
    assert "played to its end before (1 lines)" in run(command, str(odd)).stdout
    async with open_redis(Settings.model_validate({"redis_url": redis_url})) as redis:
        assert await entered(redis) == [post(0)]


async def test_a_killed_replay_goes_on_where_it_was(command: list[str], redis_url: str, tmp_path: Path) -> None:
    """Killed again and again while items enter, it loses and doubles none."""
    items = [post(number) for number in range(30_000)]
    path = recording(tmp_path, items)
    environment = {"PATH": os.environ["PATH"]}
    async with open_redis(Settings.model_validate({"redis_url": redis_url})) as redis:
        assert redis.client is not None
        for share in (1, 3, 5):
            playing = await asyncio.create_subprocess_exec(
                *command, str(path), "--speed", "0", cwd=ROOT, env=environment
            )
            while await redis.client.xlen(POSTS) < share * 5_000:
                assert playing.returncode is None
            playing.kill()
            await playing.wait()
        assert await redis.client.xlen(POSTS) < len(items)
        assert run(command, str(path), "--speed", "0").returncode == 0
        assert await entered(redis) == items
