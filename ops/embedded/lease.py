"""One process's use of one server: three lock files and the keeper that owns the server's processes.

- `use.lock`: shared by every user. The keeper takes it exclusively, so it stops the server once nobody uses it.
- `start.lock`: exclusive while one process starts the keeper and waits for it.
- `keeper.lock`: held by the keeper as long as it lives.
"""

import json
import os
import secrets
import selectors
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from ops.embedded.errors import ServerUnavailable
from ops.embedded.locks import FileLock, held
from ops.embedded.processes import end, members
from ops.embedded.server import Server, data_of, make_folder

_JOIN_SECONDS = 15.0
_STOP_SECONDS = 6.0
_POLL_SECONDS = 0.01


class Lease:
    """`begin`, `wait_ready`, and at the end `release` and `wait_stopped`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._use: FileLock | None = None
        self._start: FileLock | None = None
        self._keeper: subprocess.Popen[str] | None = None
        self._at = 0.0
        self._last = False

    def begin(self, seconds: float) -> None:
        """Say that the server is in use, and start its keeper if it has none."""
        self._at = time.monotonic() + seconds
        folder = self._server.folder
        make_folder(folder)
        self._use = self._lock_use()
        self._start = FileLock(folder / "start.lock")
        self._start.acquire(exclusive=True, seconds=seconds, waiting_for="another process that starts the server")
        _make_password(folder / "password")
        if not self._kept():
            self._keeper = self._start_keeper()

    def wait_ready(self) -> None:
        """Wait until the server takes connections; raise ServerUnavailable with its keeper's reason if it will not."""
        while self._keeper is not None or not self._server.ready():
            if self._keeper is not None:
                self._read_keeper(self._keeper)
                self._keeper = None
                continue
            if not self._kept():  # the one found at first was dying
                self._keeper = self._start_keeper()
            if time.monotonic() >= self._at:
                raise self._failure("is not ready in time; it may still be recovering from a crash")
            time.sleep(_POLL_SECONDS)
        self._drop_start()

    def release(self) -> None:
        """End this use; the keeper stops the server if it was the last."""
        self._drop_start()
        if self._keeper is not None and self._keeper.stdout is not None:
            self._keeper.stdout.close()
        if self._use is None:
            return
        self._last = self._use.attempt(exclusive=True)
        if self._last and not self._kept():
            # The keeper was killed: its server has nobody else to stop it.
            end(members(self._server.program, data_of(self._server)), self._server.stop_steps)
        self._use.close()
        self._use = None

    def wait_stopped(self) -> None:
        """After the last use, wait until the server's processes have ended or somebody else uses it again."""
        at = time.monotonic() + _STOP_SECONDS
        while self._last and self._kept() and time.monotonic() < at:
            time.sleep(_POLL_SECONDS)
            if held(self._server.folder / "start.lock"):
                break

    def _kept(self) -> bool:
        return held(self._server.folder / "keeper.lock")

    def _lock_use(self) -> FileLock:
        while True:
            lock = FileLock(self._server.folder / "use.lock")
            lock.acquire(exclusive=False, seconds=_JOIN_SECONDS, waiting_for="the server's last user to stop it")
            if lock.current():
                return lock
            lock.close()

    def _start_keeper(self) -> subprocess.Popen[str]:
        folder = self._server.folder
        plan = json.dumps({"kind": type(self._server).__name__, "server": asdict(self._server)}, default=str)  # type: ignore[call-overload]
        with (folder / "keeper.log").open("a") as log:
            keeper = subprocess.Popen(
                [sys.executable, "-S", "-m", "ops.embedded.keeper"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])},
                start_new_session=True,  # the terminal's Ctrl-C is for its users
            )
        assert keeper.stdin is not None  # noqa: S101  it is a pipe
        with keeper.stdin:
            keeper.stdin.write(plan)
        keeper.wait()  # it leaves a child behind at once
        return keeper

    def _read_keeper(self, keeper: subprocess.Popen[str]) -> None:
        """Wait for the keeper's one line: `ready`, or why not."""
        assert keeper.stdout is not None  # noqa: S101  it is a pipe
        with keeper.stdout, selectors.DefaultSelector() as selector:
            selector.register(keeper.stdout, selectors.EVENT_READ)
            if not selector.select(max(self._at - time.monotonic(), 0)):
                raise self._failure("is not ready in time; it may still be recovering from a crash")
            answer = keeper.stdout.readline().strip()
        if not answer:
            raise self._failure("has lost its keeper")
        if answer != "ready":
            raise ServerUnavailable(json.loads(answer))

    def _failure(self, what: str) -> ServerUnavailable:
        log = self._server.folder / "server.log"
        return ServerUnavailable(f"the embedded {self._server.program} {what}; see {log}")

    def _drop_start(self) -> None:
        if self._start is not None:
            self._start.close()
            self._start = None


def _make_password(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
