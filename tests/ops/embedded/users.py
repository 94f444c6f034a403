"""Processes that use embedded servers, and looks at what those do."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg

from ops.embedded.identity import place_for
from ops.embedded.locks import held
from ops.embedded.processes import members

ROOT = Path(__file__).resolve().parents[3]
PROGRAMS = {"postgres": "postgres", "valkey": "valkey-server"}
PATIENCE_SECONDS = 60.0
_SCRIPT = """
import sys
from pathlib import Path
from ops.embedded import servers
with servers(Path(sys.argv[1]), postgres=True, valkey=True) as endpoints:
    print(endpoints.database_url, endpoints.redis_url, flush=True)
    sys.stdin.read()
"""


class User:
    """A process that uses both servers of a data folder until its standard input ends."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        )

    def urls(self) -> tuple[str, str]:
        """Wait until the servers are ready and return both URLs."""
        assert self.process.stdout is not None
        database, redis = self.process.stdout.readline().split()
        return database, redis

    def leave(self) -> int:
        """Let it end by itself; return its exit code."""
        self.process.communicate("", timeout=PATIENCE_SECONDS)
        return self.process.returncode

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it by a signal."""
        self.process.send_signal(number)
        self.process.communicate(timeout=PATIENCE_SECONDS)


def server_processes(data_dir: Path, name: str) -> list[int]:
    """Return the live processes of one server."""
    data = place_for(data_dir) / name / "data"
    return members(PROGRAMS[name], data) if data.exists() else []


def recorded_pid(data_dir: Path, name: str) -> int:
    """Return the process id that a server wrote down."""
    place = place_for(data_dir) / name
    path = place / "data" / "postmaster.pid" if name == "postgres" else place / "run" / "valkey.pid"
    return int(path.read_text().split()[0])


def keeper_pid(data_dir: Path, name: str) -> int:
    """Return the keeper of a server: the parent of its main process."""
    status = Path(f"/proc/{recorded_pid(data_dir, name)}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])


def stopped(data_dir: Path) -> bool:
    """Whether neither server nor keeper runs any more."""
    place = place_for(data_dir)
    return not any(server_processes(data_dir, name) or held(place / name / "keeper.lock") for name in PROGRAMS)


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true before patience ends; how soon is not what these tests are about."""
    at = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > at:
            return False
        time.sleep(0.02)
    return True


def ask(url: str, sql: str) -> Any:
    """Run one statement on a fresh connection and return its single value."""

    async def run() -> Any:
        connection = await asyncpg.connect(url, timeout=PATIENCE_SECONDS)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(run())


def answers(url: str) -> bool:
    """Whether PostgreSQL takes a connection now."""
    try:
        return bool(ask(url, "SELECT true"))
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return False
