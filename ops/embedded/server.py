"""What a keeper needs to know of the server it keeps; PostgreSQL and Valkey each answer in a file of their own."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ops.embedded.errors import ServerUnavailable
from ops.embedded.identity import Identity, identity_for


class Server(Protocol):
    """One server with its folder: lock files and password in it, `data` and `run` (the socket) below it."""

    @property
    def folder(self) -> Path:
        """Where everything of this server lives."""

    @property
    def program(self) -> str:
        """The process name of its program."""

    @property
    def stop_steps(self) -> tuple[tuple[signal.Signals, float], ...]:
        """Signals to stop it with, each with the seconds to wait before the next."""

    def prepare(self, identity: Identity) -> None:
        """Make the data folder ready to start on; a dead server's leftovers included."""

    def command(self) -> list[str]:
        """Return the program and its arguments; it stays in the foreground."""

    def pid(self) -> int | None:
        """Return the process id that the server recorded."""

    def ready(self) -> bool:
        """Whether it takes connections now."""

    def url(self) -> str:
        """Return the URL that clients connect to."""


def data_of(server: Server) -> Path:
    """Return the folder that the server itself writes and works in."""
    return server.folder / "data"


def own_identity(server: Server) -> Identity:
    """Return the id that the server runs as."""
    return identity_for(data_of(server))


def make_folder(folder: Path, mode: int = 0o755) -> None:
    """Make a folder and the missing ones above it, passable whatever the umask; those that exist stay as they are."""
    for missing in [each for each in reversed((folder, *folder.parents)) if not each.exists()]:
        try:
            missing.mkdir(exist_ok=True)
            missing.chmod(mode)
        except OSError as error:
            raise ServerUnavailable(
                f"cannot make the data folder {folder}: {error.strerror} ({missing}); "
                "name another one with --data-dir or INSITECHART_DATA_DIR"
            ) from error


def make_private(folder: Path, identity: Identity) -> None:
    """Make a folder that only the server's id may enter."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if identity.switch:
            os.chown(folder, identity.uid, identity.gid)
    except OSError as error:
        raise ServerUnavailable(f"cannot give {folder} to user id {identity.uid}: {error.strerror}") from error


def child_setup(identity: Identity) -> Callable[[], None]:
    """Return what a server's process does before its program starts: take its id, and listen to all signals."""

    def setup() -> None:
        if identity.switch:
            os.setgroups([])
            os.setgid(identity.gid)
            os.setuid(identity.uid)
        os.umask(0o077)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    return setup
