"""`insitechart demo`: a simulated market to look at, loaded once and topped up to now."""

import asyncio
import contextlib
import logging
import os
import signal
from datetime import UTC, datetime

import click
import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from ingest.demo.companies import DemoNotInstalled
from ingest.demo.load import DAYS, Demo, Report
from ops import logs
from ops.cli import exits
from ops.cli.ready_database import ready_database
from ops.errors import PublicError
from ops.settings import Settings
from storage.database import Database, open_database

TICK_SECONDS = 60.0
_PARENT_CHECK_SECONDS = 1.0
_CONNECTIONS = 3  # one holds the loader's lock, one writes, one reads
_log = structlog.get_logger()


@click.command("demo")
@click.option("--top-up", is_flag=True, help="Say nothing on the screen; give way to a load that is under way.")
@click.option("--follow", is_flag=True, help="Top up every minute, until a signal comes or the starting process ends.")
@click.option("--days", type=click.IntRange(1, 366), default=DAYS, show_default=True, help="Days to keep up to now.")
def demo(*, top_up: bool, follow: bool, days: int) -> None:
    """Load the simulated market, or top it up to now.

    500 real companies with simulated hourly bars and posts, every row marked as simulated. Real rows are never
    touched: a stock that you have imported gets no simulated data. Run again, it writes only what is missing.

    \b
    Examples:
      insitechart demo
      insitechart demo --top-up --follow

    Exit codes: 0 done, 1 another process is loading or the 'demo' extra is missing, 69 no database.
    """  # noqa: D301 - click reads \b as "keep these lines"
    parent = os.getppid()
    try:
        source = Demo(days)
    except DemoNotInstalled as missing:
        raise exits.Failed(str(missing)) from missing
    with ready_database() as settings:
        logs.configure(development=settings.development, level=logging.INFO if follow else logging.WARNING)
        code = asyncio.run(_run(settings, source, quiet=top_up, follow=follow, parent=parent))
    raise SystemExit(code)


async def _run(settings: Settings, source: Demo, *, quiet: bool, follow: bool, parent: int) -> int:
    roomy = settings.model_copy(update={"database_pool": max(settings.database_pool, _CONNECTIONS)})
    async with open_database(roomy) as database:
        if follow:
            await _follow(database, source, parent)
            return exits.DONE
        report = await (_load(database, source) if quiet else _load_visibly(database, source))
        if report.busy and not quiet:
            Console(stderr=True).print("Another process is loading the demo data; nothing was done here.")
        return exits.FAILED if report.busy and not quiet else exits.DONE


async def _load(database: Database, source: Demo) -> Report:
    return await source.load(database, datetime.now(UTC))


async def _load_visibly(database: Database, source: Demo) -> Report:
    """Load with a progress bar where somebody watches; say at the end what was done."""
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("demo data", total=1.0)
        report = await source.load(database, datetime.now(UTC), lambda share: progress.update(bar, completed=share))
    if not report.busy:
        console.print(
            f"demo data: {report.stocks:,} stocks, {report.bars:,} bars and {report.posts:,} posts added, "
            f"{report.deleted:,} old rows removed, in {report.seconds:.1f} s"
        )
    return report


async def _follow(database: Database, source: Demo, parent: int) -> None:
    """Top up every minute; a database that is away for a while is tried again at the next one."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    while not stop.is_set():
        try:
            await _load(database, source)
        except PublicError as error:
            _log.warning("demo_top_up_failed", code=error.code, reason=error.message)
        await _pause(stop, parent)


async def _pause(stop: asyncio.Event, parent: int) -> None:
    ends = asyncio.get_running_loop().time() + TICK_SECONDS
    while not stop.is_set() and asyncio.get_running_loop().time() < ends:
        if os.getppid() != parent:
            stop.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PARENT_CHECK_SECONDS):
                await stop.wait()
