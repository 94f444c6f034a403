"""A child process beside a serving API: gentle, logged to a file, started again if it dies, gone when the API is.

It is a process of its own because its work is CPU work, which must not share the API's event loop.
"""

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import structlog

from ops.settings import Settings

_ROOT = Path(__file__).resolve().parents[2]
_GENTLE = 10  # the API comes first on a busy machine
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
_STEADY_SECONDS = 60.0
_LOG_BYTES = 10_000_000  # from here on a log is put aside at the next start
_log = structlog.get_logger()


class ChildProcess:
    """`insitechart` with some arguments, on the servers of the parent; its log is a file in the data folder.

    The servers go by environment, not by flags: every user of the machine can read another process's arguments.
    """

    def __init__(self, arguments: list[str], settings: Settings, extra: dict[str, str] | None = None) -> None:
        self.name = arguments[0]
        self.log_file = settings.data_dir / f"{self.name}.log"
        self._command = [sys.executable, "-m", "ops.cli", *arguments, "--parent", str(os.getpid())]
        self._environment = environment(settings) | (extra or {})
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, name=f"keeper of {self.name}", daemon=True)

    def start(self) -> None:
        """Start it, and keep it alive until it is told to end."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        _make_room(self.log_file)
        self.log_file.touch()
        self._keeper.start()

    def begin_to_end(self) -> None:
        """Ask it to end, without waiting."""
        with self._lock:
            self._ending.set()
            if self._child is not None and self._child.poll() is None:
                self._child.terminate()

    def end(self, seconds: float) -> None:
        """Wait for its end, and kill it when the seconds are over."""
        self.begin_to_end()
        if not self._keeper.is_alive():
            return
        self._keeper.join(seconds)
        with self._lock:
            if self._child is not None and self._child.poll() is None:
                _log.warning("child_killed", child=self.name, grace=seconds)
                self._child.kill()
        self._keeper.join()

    def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            begun = time.monotonic()
            with self._lock:
                if self._ending.is_set():
                    return
                self._child = self._start()
            code = self._child.wait()
            if self._ending.is_set():
                return
            pause = _FIRST_PAUSE if time.monotonic() - begun > _STEADY_SECONDS else min(2 * pause, _LONGEST_PAUSE)
            _log.warning("child_died", child=self.name, exit_code=code, log=str(self.log_file), pause=pause)
            self._ending.wait(pause)

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log_file.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603  this same program
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the API, which ends its children after it has drained
            )
        os.setpriority(os.PRIO_PROCESS, child.pid, _GENTLE)
        return child


def _make_room(log_file: Path) -> None:
    """Put a long log aside, in place of the one before; the child of another server goes on writing to that one."""
    with suppress(FileNotFoundError):  # also where another server has put it aside in this instant
        if log_file.stat().st_size > _LOG_BYTES:
            log_file.replace(log_file.with_suffix(".log.old"))


def environment(settings: Settings) -> dict[str, str]:
    """Make the environment of a child that uses the same servers."""
    urls = {"INSITECHART_DATABASE_URL": settings.database_url, "INSITECHART_REDIS_URL": settings.redis_url}
    named = {name: url.get_secret_value() for name, url in urls.items() if url is not None}
    return {**os.environ, **named, "PYTHONPATH": str(_ROOT)}
