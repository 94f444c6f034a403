"""The embedded Valkey: append-only file, bounded memory, reached through a Unix socket.

`noeviction`: what is kept here beside cached values (streams, leases, rate buckets) must not vanish silently. Cached
values carry a time to live; when memory is full all the same, a write fails visibly and the API serves on without it.
"""

import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ops.embedded.identity import Identity
from ops.embedded.processes import belongs
from ops.embedded.server import data_of, make_private
from ops.embedded.sockets import socket_folder

_PING_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class ValkeyServer:
    """A Valkey server in `folder`, run by the program `executable`."""

    folder: Path
    executable: Path
    memory: str = "256mb"
    program: str = "valkey-server"
    stop_steps: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 2.0), (signal.SIGKILL, 1.0))

    def prepare(self, identity: Identity) -> None:
        """Make the data and socket folders; Valkey replaces a dead server's socket by itself."""
        make_private(data_of(self), identity)
        make_private(socket_folder(self.folder), identity)
        (socket_folder(self.folder) / "valkey.pid").unlink(missing_ok=True)

    def command(self) -> list[str]:
        """Return the server's command line: no TCP port, everything on disk within a second."""
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "pidfile": str(socket_folder(self.folder) / "valkey.pid"),
            "dir": str(data_of(self)),
            "daemonize": "no",
            "databases": "64",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory": self.memory,
            "maxmemory-policy": "noeviction",
        }
        return [str(self.executable), *(word for name, value in options.items() for word in (f"--{name}", value))]

    def pid(self) -> int | None:
        """Return the server's id if that process is alive and works in this folder."""
        try:
            recorded = int((socket_folder(self.folder) / "valkey.pid").read_text())
        except (OSError, ValueError):
            return None
        return recorded if belongs(recorded, self.program, data_of(self)) else None

    def ready(self) -> bool:
        """Whether it answers PING; while it reads its file it answers LOADING."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_PING_SECONDS)
            try:
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def url(self) -> str:
        """Return a unix:// URL."""
        return f"unix://{quote(str(self._socket))}"

    @property
    def _socket(self) -> Path:
        return socket_folder(self.folder) / "valkey.sock"
