"""Demo data around a running API: loaded in the foreground once, topped up by a child process afterwards.

The child is a process of its own because making posts and bars is CPU work, which must not share the API's event loop.
"""

import asyncio
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import structlog

from ops.cli import exits
from ops.settings import Settings
from storage import feeds, stocks
from storage.database import open_database
from storage.deadline import Deadline
from storage.session import Session
from storage.terms import Feed

_LOOK_SECONDS = 10.0
_STOP_SECONDS = 0.5
_ROOT = Path(__file__).resolve().parents[2]
_GENTLE = 10  # the API comes first on a busy machine

_log = structlog.get_logger()


class DemoData:
    """Decides whether the database gets demo data, loads it, and keeps it fresh until `stop`.

    By default only an embedded database gets it, and only if it is empty or holds demo data already; `wanted` decides
    otherwise.
    """

    def __init__(self, settings: Settings, *, embedded: bool, wanted: bool | None) -> None:
        self._settings = settings
        self._child: subprocess.Popen[bytes] | None = None
        empty, self._there = asyncio.run(_look(settings))
        default = embedded and (empty or self._there) and find_spec("pytickersymbols") is not None
        self._on = default if wanted is None else wanted

    @property
    def summary(self) -> str:
        """Say in a few words what is served."""
        return "a simulated market, kept up to now" if self._on else "what the database holds"

    def load_first(self) -> None:
        """Load the demo data in the foreground if it is wanted and not there yet. Raise Failed if that fails."""
        if not self._on or self._there:
            return
        done = subprocess.run(self._command(), env=self._environment(), check=False)  # noqa: S603  this same program
        if done.returncode:
            raise exits.Failed("the demo data could not be loaded (see above); --no-demo serves without it")

    def start_topping_up(self) -> None:
        """Start the child that keeps the data fresh; it ends with this process, however that ends."""
        if not self._on:
            return
        with self._log_file.open("w") as log:
            self._child = subprocess.Popen(  # noqa: S603  this same program
                self._command("--top-up", "--follow"),
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # `stop` ends it, after the API has drained
            )
        os.setpriority(os.PRIO_PROCESS, self._child.pid, _GENTLE)

    def stop(self) -> None:
        """End the child."""
        if self._child is None:
            return
        code = self._child.poll()
        if code is not None:
            _log.warning("demo_top_up_ended", exit_code=code, log=str(self._log_file))
            return
        self._child.terminate()
        try:
            self._child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _command(self, *flags: str) -> list[str]:
        return [sys.executable, "-m", "ops.cli", "demo", *flags]

    def _environment(self) -> dict[str, str]:
        url = self._settings.database_url
        assert url is not None  # noqa: S101  `endpoints` set it
        # By the environment, not by a flag: every user of the machine can read another process's arguments.
        return {**os.environ, "INSITECHART_DATABASE_URL": url.get_secret_value(), "PYTHONPATH": str(_ROOT)}

    @property
    def _log_file(self) -> Path:
        folder = self._settings.data_dir
        folder.mkdir(parents=True, exist_ok=True)
        return folder / "demo.log"


async def _look(settings: Settings) -> tuple[bool, bool]:
    """Return whether the database has no stocks, and whether it has demo data."""
    async with open_database(settings) as database:
        session = Session(database, Deadline.after(_LOOK_SECONDS))
        newest = await feeds.newest(session)
        known = await stocks.count(session, stocks.StockFilter())
    return known == 0, any(row.feed is Feed.DEMO for row in newest)
