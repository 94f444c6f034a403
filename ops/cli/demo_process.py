"""Demo data around a running API: loaded in the foreground once, topped up and kept moving by a child afterwards."""

import asyncio
import subprocess
import sys
from importlib.util import find_spec

from ops.cli import exits
from ops.cli.child_process import ChildProcess, environment
from ops.settings import Settings
from storage import feeds, stocks
from storage.database import open_database
from storage.deadline import Deadline
from storage.session import Session
from storage.terms import Feed

_LOOK_SECONDS = 10.0


class DemoData:
    """Decides whether the database gets demo data, loads it, and names the child that keeps it fresh.

    By default only an embedded database gets it, and only if it is empty or holds demo data already; `wanted` decides
    otherwise.
    """

    def __init__(self, settings: Settings, *, embedded: bool, wanted: bool | None) -> None:
        self._settings = settings
        empty, self._there = asyncio.run(_look(settings))
        default = embedded and (empty or self._there) and find_spec("pytickersymbols") is not None
        self._on = default if wanted is None else wanted

    def summary(self, *, live: bool) -> str:
        """Say in a few words what is served."""
        if not self._on:
            return "what the database holds"
        return "a simulated market that moves" if live else "a simulated market, kept up to now"

    def load_first(self) -> None:
        """Load the demo data in the foreground if it is wanted and not there yet. Raise Failed if that fails."""
        if not self._on or self._there:
            return
        command = [sys.executable, "-m", "ops.cli", "demo"]
        done = subprocess.run(command, env=environment(self._settings), check=False)  # noqa: S603  this same program
        if done.returncode:
            raise exits.Failed("the demo data could not be loaded (see above); --no-demo serves without it")

    def child(self, *, live: bool) -> ChildProcess | None:
        """Make the child that keeps the data fresh, if there is any; with `live` it lets the market run as well."""
        if not self._on:
            return None
        return ChildProcess(["demo", "--top-up", "--follow", *(["--live"] if live else [])], self._settings)


async def _look(settings: Settings) -> tuple[bool, bool]:
    """Return whether the database has no stocks, and whether it has demo data."""
    async with open_database(settings) as database:
        session = Session(database, Deadline.after(_LOOK_SECONDS))
        newest = await feeds.newest(session)
        known = await stocks.count(session, stocks.StockFilter())
    return known == 0, any(row.feed is Feed.DEMO for row in newest)
