"""`insitechart work`: its children live, are started again, and end with it, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
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

    def run(*arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "ops.cli", "work", *arguments]
        environment = {**os.environ, **named, **variables}
        with (tmp_path / "log").open("ab") as log:
            started.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log))
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


def test_each_child_answers_scrapes_on_a_port_of_its_own(start: Start) -> None:
    """Jobs on the first, scorers on the next; a child that is frozen holds up neither the others nor the end."""
    first = three_free_ports()
    worker = start("--scorers", "2", INSITECHART_METRICS_PORT=str(first))
    assert eventually(lambda: all("event_loop_tasks" in scraped(first + child) for child in range(3)))
    # A port answers before the work has begun, and a scrape tells nothing of a store that is late.
    assert eventually(lambda: 'message_queue_length{queue_name="posts"}' in scraped(first))
    assert eventually(lambda: "database_pool_size" in scraped(first + 1))
    frozen = children(worker, 3)[0]
    os.kill(frozen, signal.SIGSTOP)
    assert eventually(lambda: sum("event_loop_tasks" in scraped(first + child) for child in range(3)) == 2)
    worker.terminate()
    assert worker.wait(PATIENCE) == exits.DONE
    assert not alive(frozen)


def test_a_worker_passes_the_signal_for_flame_graphs_on(start: Start, tmp_path: Path) -> None:
    """Each child records itself; none of them ends of it."""
    worker = start("--scorers", "1", INSITECHART_DATA_DIR=str(tmp_path / "data"))
    before = children(worker, 2)
    log = tmp_path / "log"
    assert eventually(lambda: "scorer_started" in log.read_text() and "jobs_started" in log.read_text())
    worker.send_signal(signal.SIGUSR2)
    assert eventually(lambda: log.read_text().count("profile_started") == 2)
    assert children(worker, 2) == before


def scraped(port: int) -> str:
    """What a listener tells, or nothing where none answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2) as answer:
            told: str = answer.read().decode()
    except OSError:
        return ""
    return told


def three_free_ports() -> int:
    """Return the first of three ports in a row that nobody listens on now."""
    for first in range(20_000, 30_000, 3):
        with ExitStack() as taken:
            try:
                for port in range(first, first + 3):
                    taken.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            return first
    raise AssertionError("no three free ports")


def test_a_worker_with_nothing_to_do_is_a_mistake() -> None:
    """And is told so before any server is asked."""
    result = CliRunner().invoke(main, ["work", "--scorers", "0", "--no-jobs"])
    assert result.exit_code == exits.USAGE
    assert "nothing to do" in result.output
