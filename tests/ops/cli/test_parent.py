"""A process that ends with the one that started it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ops.embedded.users import PATIENCE_SECONDS, ROOT

CHILD = """
import signal, sys
from ops.cli.parent import end_with_parent
signal.signal(signal.SIGTERM, lambda *_: (print("told", flush=True), sys.exit()))
end_with_parent()
print("ready", flush=True)
signal.pause()
"""
LATE = """
from ops.cli.parent import end_with_parent
end_with_parent({parent})
print("lives", flush=True)
"""
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")
def test_a_killed_parent_ends_its_child_in_order() -> None:
    """After kill -9 of the parent, which can pass nothing on, the child gets SIGTERM: it would hold the port else."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    try:
        parent.kill()
        said, _ = parent.communicate(timeout=PATIENCE_SECONDS)  # returns when the child, too, has let the pipe go
    except subprocess.TimeoutExpired:
        os.killpg(parent.pid, signal.SIGKILL)
        raise
    assert said == "told\n"


def test_a_parent_that_ended_before_the_kernel_was_asked_ends_its_child() -> None:
    """No signal comes for a parent that is gone already; the child sees that it is another's now, and ends."""
    said = {parent: _said(LATE.format(parent=parent)) for parent in (os.getpid(), _ended(), None)}
    assert list(said.values()) == ["lives\n", "", "lives\n"]


@pytest.mark.parametrize("arguments", [["work", "--with-parent"], ["work", "--role", "scorer"]])
def test_what_is_started_for_a_parent_that_ended_opens_nothing(arguments: list[str], tmp_path: Path) -> None:
    """A worker whose API was killed while it started ends in order, without servers, instead of staying for ever."""
    command = [
        sys.executable,
        "-m",
        "ops.cli",
        *arguments,
        "--parent",
        str(_ended()),
        "--data-dir",
        str(tmp_path / "data"),
    ]
    subprocess.run(command, cwd=ROOT, check=True, timeout=PATIENCE_SECONDS)
    assert not (tmp_path / "data").exists()


def _said(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    ).stdout


def _ended() -> int:
    """Return the id of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid
