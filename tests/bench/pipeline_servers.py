"""Servers and processes for measuring the pipeline: embedded, durable as in production, counted by CPU time."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.embedded.processes import alive

ROOT = Path(__file__).resolve().parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and of its children that ended, in seconds."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(fields[place]) for place in (11, 12, 13, 14)) / _TICKS


def processes_of(program: str, folder: Path) -> list[int]:
    """Return the live processes of a server program that work in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            same = (entry / "comm").read_text().strip().startswith(program) and (entry / "cwd").readlink() == folder
        except OSError:
            continue
        if same and alive(int(entry.name)):
            found.append(int(entry.name))
    return found


@contextmanager
def scorers(number: int, database_url: str, redis_url: str, log: Path) -> Iterator[list[int]]:
    """Run scorer processes, and end them."""
    environment = {
        **os.environ,
        "INSITECHART_DATABASE_URL": database_url,
        "INSITECHART_REDIS_URL": redis_url,
        "PYTHONPATH": str(ROOT),
    }
    with log.open("w") as file:
        command = [sys.executable, "-m", "ops.cli", "work", "--role", "scorer"]
        children = [subprocess.Popen(command, env=environment, stdout=file, stderr=file) for _ in range(number)]
        try:
            yield [child.pid for child in children]
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(20)
