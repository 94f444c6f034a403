"""Why a process may not be looked into, told from how the system is set up; the systems are made of files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.profiling.refusals import reason

DENIED = "Error: Permission Denied: Try running again with elevated permissions"
TRACING = "CapEff:\t0000000000080000\n"
NOT_TRACING = "CapEff:\t0000000000000000\n"


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A system with one process, 7, of this user, who may look into others."""
    process = tmp_path / "proc/7"
    process.mkdir(parents=True)
    (process / "status").write_text(f"Name:\tpython\nUid:\t1\t{os.geteuid()}\t1\t1\n")
    (process / "stat").write_text("7 (a (b) python) S 1 7")
    (process / "comm").write_text("python\n")
    (tmp_path / "proc/self").mkdir()
    (tmp_path / "proc/self/status").write_text(TRACING)
    (tmp_path / "proc/sys/kernel/yama").mkdir(parents=True)
    return tmp_path


def test_a_container_says_what_to_give_it(system: Path) -> None:
    """The capability, in the words of each tool, and the way that needs none."""
    (system / ".dockerenv").touch()
    (system / "proc/self/status").write_text(NOT_TRACING)
    told = reason(7, DENIED, system)
    for way in ("--cap-add SYS_PTRACE", "cap_add: [SYS_PTRACE]", "securityContext.capabilities.add", "kill -USR2 7"):
        assert way in told


@pytest.mark.parametrize(
    ("scope", "said"),
    [("1", "sysctl kernel.yama.ptrace_scope=0"), ("2", "leaves that to root"), ("3", "until the machine starts anew")],
)
def test_yama_is_named_with_its_setting(system: Path, scope: str, said: str) -> None:
    """Each of its three degrees."""
    (system / "proc/sys/kernel/yama/ptrace_scope").write_text(f"{scope}\n")
    told = reason(7, DENIED, system)
    assert f"ptrace_scope is {scope}" in told
    assert said in told


def test_another_users_process_is_named_as_theirs(system: Path) -> None:
    """So that it is plain who has to run this."""
    (system / "proc/7/status").write_text("Uid:\t4242\t4242\t1\t1\n")
    assert "it belongs to user 4242" in reason(7, "Operation not permitted (os error 1)", system)


def test_what_is_unknown_is_told_as_it_was_said(system: Path) -> None:
    """Without the stack of py-spy's own functions."""
    said = "Error: Something new\n\nCaused by:\n    0: odd\n\nStack backtrace:\n   0: py_spy::main"
    told = reason(7, said, system)
    assert told.endswith("Error: Something new; Caused by:; 0: odd")
    assert reason(7, "", system).endswith("it did not say why")


def test_a_process_that_is_gone_is_told(system: Path) -> None:
    """Whatever py-spy said of it."""
    assert "there is no process 8" in reason(8, DENIED, system)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else as well")
def test_the_words_of_a_refusal_are_known() -> None:
    """As py-spy speaks them to a user who may not look into this process."""
    program = Path(sys.executable).with_name("py-spy")
    command = [str(program), "record", "--pid", str(os.getpid()), "--duration", "1", "--nonblocking", "--output", "/x"]
    try:
        done = subprocess.run(
            command, user=65_534, group=65_534, extra_groups=[], capture_output=True, text=True, check=False, timeout=60
        )
    except PermissionError:
        pytest.skip("other users cannot reach py-spy in this environment")
    assert done.returncode != 0
    assert reason(os.getpid(), done.stdout + done.stderr).startswith(
        f"not permitted to look into process {os.getpid()}"
    )
