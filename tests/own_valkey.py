"""A Valkey that one test has to itself: it can be killed, frozen, filled and put back to an earlier moment."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from ops.embedded.programs import valkey_server

_START_SECONDS = 60.0


class OwnValkey:
    """A server on a socket in a folder of its own, writing its file as the embedded one does."""

    def __init__(self, folder: Path, **options: str) -> None:
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{folder / 'socket'}"
        (folder / "data").mkdir()

    def start(self) -> None:
        """Start it, and wait until it has read its file."""
        options = {
            "port": "0", "unixsocket": str(self._folder / "socket"), "dir": str(self._folder / "data"),
            "appendonly": "yes", "appendfsync": "everysec", "save": "", **self._options,
        }  # fmt: skip
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen([str(valkey_server()), *words], stdout=subprocess.DEVNULL)
        until = time.monotonic() + _START_SECONDS
        with Redis.from_url(self.url) as client:
            while time.monotonic() < until:
                with suppress(RedisError):
                    client.ping()
                    return
                time.sleep(0.02)
        raise RuntimeError("the test's own Valkey does not answer")

    def remember(self) -> None:
        """Copy its file as it is now."""
        shutil.rmtree(self._folder / "earlier", ignore_errors=True)
        shutil.copytree(self._folder / "data", self._folder / "earlier")

    def lose(self) -> None:
        """End it with SIGKILL, and put its file back to the moment that was remembered."""
        self.kill()
        shutil.rmtree(self._folder / "data")
        (self._folder / "earlier").rename(self._folder / "data")

    def freeze(self) -> None:
        """Let it take connections and bytes, and answer nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            raise RuntimeError("it was not started")
        os.kill(self._process.pid, number)


@contextmanager
def own_valkey(**options: str) -> Iterator[OwnValkey]:
    """Run a server of one's own, with options of its configuration file, for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="insitechart-test-") as name:
        server = OwnValkey(Path(name), **options)
        server.start()
        try:
            yield server
        finally:
            server.kill()


async def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something is true; fail after so many seconds, which no sound test reaches."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.002)
