"""`insitechart work`: its children live, are started again, and end with it, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ops.cli import exits, main
from ops.embedded.processes import alive

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 30.0
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(plain_database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Start]:
    """Start workers on servers of the test's own; those still there at the end are killed."""
    started: list[subprocess.Popen[bytes]] = []
    named = {"INSITECHART_DATABASE_URL": plain_database_url, "INSITECHART_REDIS_URL": redis_url}

    def run(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "ops.cli", "work", *arguments]
        with (tmp_path / "log").open("ab") as log:
            started.append(subprocess.Popen(command, cwd=ROOT, env={**os.environ, **named}, stdout=log, stderr=log))
        return started[-1]

    yield run
    for each in started:
        each.kill()
        each.wait(PATIENCE)


def children(process: subprocess.Popen[bytes], number: int) -> list[int]:
    """Wait until a worker has that many children; return their ids."""
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    assert eventually(lambda: len(path.read_text().split()) == number)
    return [int(pid) for pid in path.read_text().split()]


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true before patience ends."""
    ends = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def test_a_killed_child_is_started_again_beside_the_others(start: Start) -> None:
    """One child's death is nobody else's."""
    worker = start("--scorers", "2")
    before = children(worker, 3)
    os.kill(before[0], signal.SIGKILL)
    assert eventually(lambda: not alive(before[0]))
    assert len(set(children(worker, 3)) & set(before)) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_it(start: Start, number: signal.Signals) -> None:
    """Children first, then the worker, as a success."""
    worker = start("--scorers", "1", "--no-jobs")
    (child,) = children(worker, 1)
    worker.send_signal(number)
    assert worker.wait(PATIENCE) == exits.DONE
    assert not alive(child)


def test_children_of_a_killed_worker_end(start: Start) -> None:
    """No scorer is left behind, working for nobody."""
    worker = start("--scorers", "1")
    left = children(worker, 2)
    worker.kill()
    worker.wait()
    assert eventually(lambda: not any(alive(pid) for pid in left))


def test_a_worker_with_nothing_to_do_is_a_mistake() -> None:
    """And is told so before any server is asked."""
    result = CliRunner().invoke(main, ["work", "--scorers", "0", "--no-jobs"])
    assert result.exit_code == exits.USAGE
    assert "nothing to do" in result.output
