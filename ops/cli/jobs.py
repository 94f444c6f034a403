"""`insitechart jobs`: what runs in the background, how it went, and running one now."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from typing import TypeVar

import click
from rich.console import Console
from rich.table import Table

from ops.cli import exits
from ops.cli.printable import columns, printable
from ops.cli.ready_database import ready_database
from ops.settings import Settings
from storage import jobs
from storage.database import open_database
from storage.deadline import Deadline
from storage.jobs import JobRow
from storage.session import Session

Answer = TypeVar("Answer")


@click.group("jobs", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print the jobs as JSON.")
@click.pass_context
def group(context: click.Context, *, as_json: bool) -> None:
    """List background jobs, or make one due now.

    \b
    `insitechart work` runs them; this only shows and changes their rows.

    \b
    Examples:
      insitechart jobs
      insitechart jobs --json | jq '.[] | select(.failures > 0)'
      insitechart jobs run repair-rollups

    Exit codes: 0 done, 1 no such job, 69 no database.
    """  # noqa: D301 - click reads \b as "keep these lines"
    if context.invoked_subcommand is not None:
        if as_json:
            raise click.UsageError("--json fits the list of jobs only")
        return
    with ready_database() as settings:
        found = asyncio.run(_asked(settings, jobs.listing))
    if as_json:
        click.echo(json.dumps([asdict(row) for row in found], indent=2, default=datetime.isoformat))
    elif found:
        _print(found)
    else:
        click.echo("No job has been registered yet: 'insitechart work' does so when it starts.", err=True)


@group.command("run")
@click.argument("name")
def run(name: str) -> None:
    """Make a job due now; a running worker takes it within a second or two.

    \b
    Example:
      insitechart jobs run trending-day
    """  # noqa: D301 - click reads \b as "keep these lines"
    with ready_database() as settings:
        known = asyncio.run(_asked(settings, lambda session: _make_due(session, name)))
    if known is not None:
        names = ", ".join(known) or "none: 'insitechart work' registers them when it starts"
        raise exits.Failed(f"no job is named '{name}'; there are {names}")
    click.echo(f"{name} is due now")


async def _asked(settings: Settings, ask: Callable[[Session], Awaitable[Answer]]) -> Answer:
    async with open_database(settings) as database:
        return await ask(Session(database, Deadline.after(settings.deadlines.operation)))


async def _make_due(session: Session, name: str) -> list[str] | None:
    """Make the job due, or return the names that there are."""
    if await jobs.make_due(session, name):
        return None
    return [row.name for row in await jobs.listing(session)]


def _print(found: list[JobRow]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("job", "every", "due", "state", "runs", "took", "what it did"):
        table.add_column(heading, overflow="fold", no_wrap=heading in {"job", "every", "due"})
    for row in found:
        took = "" if row.seconds is None else f"{row.seconds:.2f} s"
        said = row.error if row.error is not None else row.summary or ""
        due = f"{row.due_at:%m-%d %H:%M:%S}Z"
        table.add_row(row.name, f"{row.every} s", due, _state(row), str(row.runs), took, printable(said))
    Console(width=columns(), highlight=False, markup=False, emoji=False).print(table)


def _state(row: JobRow) -> str:
    if row.running:
        return f"running on {row.holder}"
    return f"failed {row.failures} times" if row.failures else "waiting"
