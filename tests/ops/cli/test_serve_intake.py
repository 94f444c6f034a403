"""The processes beside the API: a worker and the running market start with it, come back when they die, and end."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.cli.child_process import ChildProcess
from ops.settings import Settings
from tests.ops.cli.test_serve import Serve, serve
from tests.ops.embedded.users import ROOT, eventually, stopped

__all__ = ["serve"]
SLOW = "{ stocks(first: 1) { totalCount } }"


def descendants(pid: int) -> list[int]:
    """Every process that a process has started, and theirs."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return [*children, *(each for child in children for each in descendants(child))]


def commands(pid: int) -> dict[str, int]:
    """What of `insitechart` a process and its children run, as words of the command line, with process ids."""
    found = {}
    for each in descendants(pid):
        try:
            words = Path(f"/proc/{each}/cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if "ops.cli" in words:
            found[" ".join(words[words.index("ops.cli") + 1 : -1]).partition(" --parent")[0]] = each
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


WORKER = "work --scorers 1 --with-parent"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_worker_runs_beside_the_api_and_ends_with_it(serve: Serve, data_dir: Path, number: signal.Signals) -> None:
    """Scorer and jobs run as processes of their own, gently; nothing of them is left, however the API ended."""
    server = serve("--no-demo")
    server.url()
    assert eventually(lambda: {WORKER, "work --role scorer", "work --role jobs"} <= commands(server.process.pid).keys())
    running = commands(server.process.pid)
    assert os.getpriority(os.PRIO_PROCESS, running["work --role scorer"]) > 0
    assert "one scorer and the background jobs" in server.log.read_text()
    server.stop(number)
    assert eventually(lambda: not any(alive(pid) for pid in running.values()))
    assert stopped(data_dir) or eventually(lambda: stopped(data_dir))
    assert "Traceback" not in (data_dir / "work.log").read_text()


def test_a_worker_that_dies_comes_back(serve: Serve) -> None:
    """A killed worker is told in the log, with the file that says more, and started again."""
    server = serve("--no-demo")
    server.url()
    assert eventually(lambda: WORKER in commands(server.process.pid))
    first = commands(server.process.pid)[WORKER]
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: commands(server.process.pid).get(WORKER, first) != first)
    assert "child_died" in server.log.read_text()
    assert server.ask(SLOW) == {"stocks": {"totalCount": 0}}
    assert server.stop(signal.SIGTERM) == 0


def test_named_servers_get_no_worker_unasked(plain_database_url: str, redis_url: str, serve: Serve) -> None:
    """In production workers are processes of their own; asked for, one runs beside the API there, too."""
    named = ("--database-url", plain_database_url, "--redis-url", redis_url)
    server = serve(*named)
    server.url()
    assert commands(server.process.pid) == {}
    assert "Intake" not in server.log.read_text()
    other = serve(*named, "--work")
    other.url()
    assert eventually(lambda: "work --role scorer" in commands(other.process.pid))
    assert other.stop(signal.SIGTERM) == 0


QUOTE = """
{ stocks(first: 100) { nodes { symbol quote { at } } } trending(timeframe: HOUR, minMentions: 1) { computedAt } }
"""


@pytest.mark.slow
def test_the_market_moves(serve: Serve, data_dir: Path) -> None:
    """With demo data, quotes get newer while one watches, live posts are stored, and one feed runs for two servers."""
    load = [sys.executable, "-m", "ops.cli", "demo", "--days", "1", "--data-dir", str(data_dir)]
    subprocess.run(load, cwd=ROOT, check=True)
    server = serve("--demo")
    assert "a simulated market that moves" in (server.url() and server.log.read_text())
    before = _quoted_at(server.ask(QUOTE))
    assert eventually(lambda: _quoted_at(server.ask(QUOTE)) > before)
    live = "{ mentions(first: 20) { nodes { author simulated reason } } }"
    assert eventually(lambda: '"reason": "' in json.dumps(server.ask(live)))
    second = serve("--demo")
    second.url()
    demo = "demo --top-up --follow --live"
    assert eventually(lambda: demo in commands(second.process.pid))
    logs = data_dir / "demo.log"
    os.kill(commands(server.process.pid)[demo], signal.SIGKILL)
    assert eventually(lambda: "demo_market_runs" in logs.read_text())
    for each in (second, server):
        assert each.stop(signal.SIGINT) == 0
    assert stopped(data_dir)


def _quoted_at(answer: object) -> str:
    assert isinstance(answer, dict)
    return max(str(node["quote"]["at"]) for node in answer["stocks"]["nodes"])


@pytest.fixture
def child(tmp_path: Path) -> Iterator[ChildProcess]:
    """A child that fails at once, for it has no such command."""
    settings = Settings.model_validate({"data_dir": tmp_path / "data"})
    child = ChildProcess(["work", "--scorers", "0", "--no-jobs"], settings)
    yield child
    child.end(5)


def test_a_child_that_cannot_live_is_not_started_without_pause(child: ChildProcess) -> None:
    """Its complaint is in its log, once; the end does not wait for the pause to be over."""
    child.start()
    assert eventually(lambda: "leaves nothing to do" in child.log_file.read_text())
    assert child.log_file.read_text().count("leaves nothing to do") == 1
    child.end(5)
    assert not child._keeper.is_alive()


def test_a_child_that_was_not_started_can_be_ended(tmp_path: Path) -> None:
    """A server that fails before it serves ends children that it has not started."""
    ChildProcess(["work"], Settings.model_validate({"data_dir": tmp_path})).end(1)


def test_a_second_server_keeps_the_log_of_the_first(child: ChildProcess) -> None:
    """What another server's child wrote stays; what is long is put aside, and the log begins anew."""
    before, old = "written by the first\n", child.log_file.with_suffix(".log.old")
    child.log_file.parent.mkdir(parents=True)
    child.log_file.write_text(before)
    child.start()
    assert eventually(lambda: "leaves nothing to do" in child.log_file.read_text())
    assert child.log_file.read_text().startswith(before)
    assert not old.exists()
    child.end(5)
    child.log_file.write_bytes(b"x" * 10_000_001)
    again = ChildProcess(
        ["work", "--scorers", "0", "--no-jobs"], Settings.model_validate({"data_dir": child.log_file.parent})
    )
    again.start()
    try:
        assert eventually(lambda: child.log_file.exists() and "leaves nothing to do" in child.log_file.read_text())
        assert child.log_file.stat().st_size < 1_000_000
        assert old.stat().st_size == 10_000_001
    finally:
        again.end(5)
