"""Demo data around a running API: loaded in the foreground once, topped up by a child process afterwards.

The child is a process of its own because making posts and bars is CPU work, which must not share the API's event loop.
"""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from ops.cli import exits
from ops.settings import Settings
from storage import feeds, stocks
from storage.database import open_database
from storage.deadline import Deadline
from storage.session import Session
from storage.terms import Feed

_LOOK_SECONDS = 10.0
_STOP_SECONDS = 1.0

_log = structlog.get_logger()


class DemoData:
    """Decides whether the database gets demo data, and keeps it fresh while the API runs.

    By default only an embedded database gets it, and only if it is empty or holds demo data already; `wanted` decides
    otherwise.
    """

    def __init__(self, settings: Settings, *, embedded: bool, wanted: bool | None) -> None:
        self._settings = settings
        empty, simulated = asyncio.run(_look(settings))
        self._first = not simulated
        default = embedded and (empty or simulated)
        self._on = default if wanted is None else wanted

    @property
    def summary(self) -> str:
        """Say in a few words what is served."""
        return "simulated market, topped up in the background" if self._on else "what the database holds"

    @contextmanager
    def kept_fresh(self) -> Iterator[None]:
        """Load the demo data if it is not there yet, then top it up beside the block; the child ends with the block."""
        if not self._on:
            yield
            return
        if self._first:
            self._load()
            yield
            return
        folder = self._settings.data_dir
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "demo.log").open("w") as log:
            child = subprocess.Popen(  # noqa: S603  this same program
                self._command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        watcher = threading.Thread(target=_report, args=(child, str(folder / "demo.log")), name="demo", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            child.terminate()
            watcher.join(_STOP_SECONDS)
            child.kill()

    def _load(self) -> None:
        done = subprocess.run(self._command, env=self._environment, check=False)  # noqa: S603  this same program
        if done.returncode:
            raise exits.Failed("the demo data could not be loaded (see above); --no-demo serves without it")

    @property
    def _command(self) -> list[str]:
        return [sys.executable, "-m", "ops.cli", "demo"]

    @property
    def _environment(self) -> dict[str, str]:
        url = self._settings.database_url
        assert url is not None  # noqa: S101  `endpoints` set it
        # By the environment, not by a flag: every user of the machine can read another process's arguments.
        return {**os.environ, "INSITECHART_DATABASE_URL": url.get_secret_value()}


async def _look(settings: Settings) -> tuple[bool, bool]:
    """Return whether the database has no stocks, and whether it has demo data."""
    async with open_database(settings) as database:
        session = Session(database, Deadline.after(_LOOK_SECONDS))
        newest = await feeds.newest(session)
        known = await stocks.count(session, stocks.StockFilter())
    return known == 0, any(row.feed is Feed.DEMO for row in newest)


def _report(child: "subprocess.Popen[bytes]", log: str) -> None:
    code = child.wait()
    if code > 0:
        _log.warning("demo_top_up_failed", exit_code=code, log=log)
    elif code == 0:
        _log.info("demo_topped_up")
