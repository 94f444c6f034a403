"""The keeper: the parent process of one server.

It starts the server, reaps and restarts it when it dies, and stops it as soon as no process holds `use.lock`, however
the last one ended. It reads its plan from standard input and answers with one line.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ops.embedded.errors import ServerUnavailable
from ops.embedded.locks import FileLock
from ops.embedded.postgres import PostgresServer
from ops.embedded.processes import alive, end, members, reap
from ops.embedded.server import Server, child_setup, data_of, own_identity
from ops.embedded.valkey import ValkeyServer

_WAKE = {signal.SIGCHLD, signal.SIGTERM}
_PAUSE_SECONDS = 0.1
_START_PAUSE_SECONDS = 0.01
_RESTARTS = 5
_RESTART_WINDOW_SECONDS = 60.0
_LOG_BYTES = 10 * 1024 * 1024


class Keeper:
    """Keeps one server running while its folder is in use."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._use = FileLock(server.folder / "use.lock")
        self._alone = FileLock(server.folder / "keeper.lock")
        self._restarts: list[float] = []
        self._pid = 0

    def run(self) -> None:
        """Start or adopt the server, answer, and keep it until nobody uses it."""
        if not self._alone_in_charge():
            return
        try:
            self._pid = self._server.pid() or self._start()
            self._wait_ready()
            _answer("ready")
            self._keep()
        finally:
            self._stop()

    def _alone_in_charge(self) -> bool:
        """Whether this is the server's keeper now; not if another one has it ready, or nobody wants it any more."""
        while not self._alone.attempt(exclusive=True):
            if self._server.ready():
                _answer("ready")
                return False
            if not self._wanted():
                return False
            time.sleep(_START_PAUSE_SECONDS)
        return self._wanted()

    def _keep(self) -> None:
        while self._wanted():
            if not alive(self._pid):
                self._restart()
            if signal.sigtimedwait(_WAKE, _PAUSE_SECONDS) is not None:
                reap()

    def _wanted(self) -> bool:
        if not self._use.current():
            _log("the data folder is gone")
            return False
        return not self._use.attempt(exclusive=True) and signal.SIGTERM not in signal.sigpending()

    def _start(self) -> int:
        self._stop()  # back ends that outlive their postmaster would hold its memory
        identity = own_identity(self._server)
        self._server.prepare(identity)
        path = self._server.folder / "server.log"
        if path.exists() and path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        with path.open("a") as log:
            process = subprocess.Popen(
                self._server.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=data_of(self._server),
                env={"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C"},
                preexec_fn=child_setup(identity),
                start_new_session=True,
            )
        process.returncode = 0  # reaped by `reap`, not by the Popen object
        _log(f"started {self._server.program}, process {process.pid}")
        return process.pid

    def _wait_ready(self) -> None:
        while not self._server.ready():
            reap()
            if not alive(self._pid):
                raise ServerUnavailable(f"the embedded {self._server.program} ended while starting:\n{self._tail()}")
            if not self._wanted():
                raise ServerUnavailable("nobody waits for the server any more")
            time.sleep(_START_PAUSE_SECONDS)

    def _restart(self) -> None:
        now = time.monotonic()
        self._restarts = [at for at in self._restarts if now - at < _RESTART_WINDOW_SECONDS] + [now]
        if len(self._restarts) > _RESTARTS:
            raise ServerUnavailable(f"{self._server.program} died {_RESTARTS} times within a minute:\n{self._tail()}")
        _log(f"{self._server.program} died; starting it again")
        self._pid = self._start()
        self._wait_ready()

    def _stop(self) -> None:
        main = self._server.pid() or self._pid  # the id in memory serves when the data folder is gone
        if main:
            end([main], self._server.stop_steps)
        if data_of(self._server).exists():
            end(members(self._server.program, data_of(self._server)), self._server.stop_steps[-1:])

    def _tail(self) -> str:
        path = self._server.folder / "server.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-8:]) if path.exists() else ""


def main() -> int:
    """Keep the server that standard input describes; return 1 if it could not run."""
    plan = json.load(sys.stdin)
    if os.fork():
        os._exit(0)  # the starter waits for this process only, and never becomes the parent of a zombie
    signal.pthread_sigmask(signal.SIG_BLOCK, _WAKE)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    try:
        Keeper(_server(plan["kind"], plan["server"])).run()
    except (ServerUnavailable, OSError, subprocess.SubprocessError) as error:
        _log(str(error))
        _answer(json.dumps(str(error)))
        return 1
    return 0


def _server(kind: str, values: dict[str, Any]) -> Server:
    folder = Path(values["folder"])
    if kind == ValkeyServer.__name__:
        return ValkeyServer(folder, Path(values["executable"]), values["memory"])
    return PostgresServer(folder, Path(values["bin"]), values["options"])


def _answer(line: str) -> None:
    """Write the one line that the starter waits for; later ones, and those nobody reads, go nowhere."""
    try:
        os.write(1, f"{line}\n".encode())
    except OSError:
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


def _log(message: str) -> None:
    sys.stderr.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {message}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
