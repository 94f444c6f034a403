"""`insitechart demo`: a simulated market to look at, loaded once and topped up to now."""

import asyncio
import logging
import os
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from ingest.demo.companies import DemoNotInstalled
from ingest.demo.load import DAYS, Demo, Report
from ops import logs
from ops.cli import exits
from ops.cli.demo_follow import follow_market
from ops.cli.ranges import Whole
from ops.cli.ready_database import ready_database
from ops.profiling.at_signal import recording_at_signal
from ops.settings import Settings
from storage.database import Database, open_database

CONNECTIONS = 3  # one holds the loader's lock, one writes, one reads


@click.command("demo")
@click.option("--top-up", is_flag=True, help="Say nothing on the screen; give way to a load that is under way.")
@click.option("--follow", is_flag=True, help="Top up every minute, until a signal comes or the starting process ends.")
@click.option("--live", is_flag=True, help="With --follow: let the market run, through the intake of a worker.")
@click.option("--days", type=Whole(1, 366), default=DAYS, show_default=True, help="Days to keep up to now.")
@click.option("--parent", type=int, hidden=True)
def demo(*, top_up: bool, follow: bool, live: bool, days: int, parent: int | None) -> None:
    """Load the simulated market, or top it up to now.

    500 real companies with simulated hourly bars and posts, every row marked as simulated. Real rows are never
    touched: a stock that you have imported gets no simulated data. Run again, it writes only what is missing.

    \b
    Examples:
      insitechart demo
      insitechart demo --top-up --follow
      insitechart demo --top-up --follow --live

    Exit codes: 0 done, 1 another process is loading or the 'demo' extra is missing, 69 no database or Redis.
    """  # noqa: D301 - click reads \b as "keep these lines"
    parent = os.getppid() if parent is None else parent
    if live and not follow:
        raise click.UsageError("--live lets the market run beside --follow, which is missing")
    try:
        source = Demo(days)
    except DemoNotInstalled as missing:
        raise exits.Failed(str(missing)) from missing
    with ready_database(redis=live, writes=True) as settings:
        logs.configure(readable=settings.readable_logs, level=logging.INFO if follow else logging.WARNING)
        if follow:
            with recording_at_signal(settings, "demo"):
                asyncio.run(follow_market(settings.model_copy(update=_roomy(settings)), source, parent, live=live))
            raise SystemExit(exits.DONE)
        code = asyncio.run(_run(settings, source, quiet=top_up))
    raise SystemExit(code)


async def _run(settings: Settings, source: Demo, *, quiet: bool) -> int:
    async with open_database(settings.model_copy(update=_roomy(settings))) as database:
        report = await (source.load(database, datetime.now(UTC)) if quiet else _load_visibly(database, source))
        if report.busy and not quiet:
            Console(stderr=True, emoji=False).print("Another process is loading the demo data; nothing was done here.")
        return exits.FAILED if report.busy and not quiet else exits.DONE


def _roomy(settings: Settings) -> dict[str, int]:
    return {"database_pool": max(settings.database_pool, CONNECTIONS)}


async def _load_visibly(database: Database, source: Demo) -> Report:
    """Load with a progress bar where somebody watches; say at the end what was done."""
    console = Console(stderr=True, highlight=False, emoji=False)
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
