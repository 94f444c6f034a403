"""Advisory file locks with a deadline.

The kernel drops a lock with the last descriptor of the process that took it, however that process ends, so a lock
never goes stale. A lock counts only while its file is still the one on disk: a deleted data folder frees everyone.
"""

import fcntl
import os
import time
from pathlib import Path

from ops.embedded.errors import ServerUnavailable

_POLL_SECONDS = 0.01


class FileLock:
    """One descriptor on one lock file; `close` gives up whatever it holds."""

    __slots__ = ("_descriptor", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ServerUnavailable(
                f"cannot open {path}: {error.strerror}. The data folder must be writable by the user who starts the "
                "servers; start them as its owner, or name another folder with --data-dir or INSITECHART_DATA_DIR."
            ) from error

    def attempt(self, *, exclusive: bool) -> bool:
        """Take the lock, or change its mode, if that needs no waiting."""
        try:
            fcntl.flock(self._descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def acquire(self, *, exclusive: bool, seconds: float, waiting_for: str) -> None:
        """Take the lock within `seconds`; raise ServerUnavailable saying what was waited for."""
        at = time.monotonic() + seconds
        while not self.attempt(exclusive=exclusive):
            if time.monotonic() >= at:
                raise ServerUnavailable(f"waited {seconds:g} s for {waiting_for} ({self.path})")
            time.sleep(_POLL_SECONDS)

    def current(self) -> bool:
        """Whether the file at the path is still the one this descriptor opened."""
        try:
            there = self.path.stat()
        except OSError:
            return False
        return os.path.samestat(there, os.fstat(self._descriptor))

    def close(self) -> None:
        """Give up the lock; closing twice is harmless."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def held(path: Path) -> bool:
    """Whether some process holds the lock at `path` exclusively."""
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        return not lock.attempt(exclusive=False)
    finally:
        lock.close()
