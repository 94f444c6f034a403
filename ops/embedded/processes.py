"""Server processes as /proc shows them: which are alive, which belong to a data folder, and how they are ended.

A killed server leaves files that name its process id; by the next start that id may be a zombie or may belong to an
unrelated program, so an id is believed only together with its program name, its owner and its working folder.
"""

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

_PROC = Path("/proc")
_POLL_SECONDS = 0.01


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return fields[0] not in ("Z", "X")


def belongs(pid: int, program: str, folder: Path) -> bool:
    """Whether a live process runs `program` with `folder`, its data folder, as working folder."""
    process = _PROC / str(pid)
    try:
        if (process / "comm").read_text().strip() != program[:15] or not alive(pid):
            return False
        if process.stat().st_uid != folder.stat().st_uid:
            return False
    except OSError:
        return False
    try:
        return (process / "cwd").readlink() == folder
    except PermissionError:  # root without CAP_SYS_PTRACE, as in a container: the user id is the folder's own
        return True
    except OSError:
        return False


def members(program: str, folder: Path) -> list[int]:
    """Return every live process of `program` that works in `folder`."""
    running = [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
    return [pid for pid in running if belongs(pid, program, folder)]


def end(pids: Sequence[int], steps: Sequence[tuple[signal.Signals, float]]) -> bool:
    """Send each signal in turn, waiting its seconds for all to end; return whether all ended."""
    remaining = [pid for pid in pids if alive(pid)]
    for number, seconds in steps:
        for pid in remaining:
            _signal(pid, number)
        at = time.monotonic() + seconds
        while remaining and time.monotonic() < at:
            time.sleep(_POLL_SECONDS)
            reap()
            remaining = [pid for pid in remaining if alive(pid)]
        if not remaining:
            return True
    return not remaining


def reap() -> None:
    """Collect this process's ended children, so that none stays a zombie whose id looks taken."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
