"""Runs imports file by file and tells how each went: progress, the first rejected rows, a summary."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from ingest.importing.columns import Columns
from ingest.importing.faults import Rejection, UnusableInput
from ingest.importing.kinds import Kind
from ingest.importing.pipeline import run_import
from ingest.importing.sources import open_source
from ingest.importing.tally import StoppedAtFirst, Tally
from ops.cli import exits
from ops.cli.import_options import ImportOptions
from ops.cli.rejects_file import RejectsUnwritable, WriteReject, rejects_file
from ops.errors import PublicError
from ops.settings import Settings
from storage.database import Database, open_database

SHOWN_REJECTIONS = 20


async def import_files(settings: Settings, make_kind: Callable[[], Kind[Any]], options: ImportOptions) -> int:
    """Import each file in turn; returns the worst of their exit codes. A strict import ends with the first bad row."""
    console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
    worst = exits.DONE
    with rejects_file(options.rejects, options.files) as write_reject:
        async with open_database(settings) as database:
            for file in options.files:
                code = await _import_file(database, file, make_kind(), options, console, write_reject)
                worst = max(worst, code)
                if code and options.strict:
                    break
    return worst


async def _import_file(
    database: Database,
    file: str,
    kind: Kind[Any],
    options: ImportOptions,
    console: Console,
    write_reject: WriteReject,
) -> int:
    columns_of_bar = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        *columns_of_bar,
        console=console,
        disable=not console.is_terminal,
    )

    def reject(rejection: Rejection) -> None:
        write_reject(file, rejection)
        if tally.rejected.total() <= SHOWN_REJECTIONS:
            console.print(f"{file}: {rejection}", markup=False)

    tally = Tally(on_rejection=reject, strict=options.strict)
    problem: str | None = None
    code = exits.DONE
    try:
        columns = Columns(kind.fields, options.mapping, kind.given)
        with progress, open_source(file, options.declared) as source:
            bar = progress.add_task(Path(file).name, total=source.size)
            await run_import(
                database, source, kind, columns, tally, on_progress=lambda read: progress.update(bar, completed=read)
            )
    except UnusableInput as unusable:
        problem, code = str(unusable), exits.USAGE
    except StoppedAtFirst:
        problem = "stopped at the first bad row; the rows before it are in"
    except (PublicError, RejectsUnwritable, asyncio.CancelledError):
        tally.finish()
        console.print(
            f"{file}: interrupted; at least what is counted below is in, and importing again completes it", markup=False
        )
        _summarise(file, tally)
        raise
    tally.finish()
    hidden = tally.rejected.total() - SHOWN_REJECTIONS
    if hidden > 0:
        console.print(
            f"{file}: … and {hidden:,} more rejected rows" + ("" if options.rejects else "; --rejects FILE writes all"),
            markup=False,
        )
    if problem:
        console.print(problem if problem.startswith(file) else f"{file}: {problem}", markup=False)
    if tally.read or not problem:
        _summarise(file, tally)
    return max(code, exits.FAILED if tally.rejected else exits.DONE)


def _summarise(file: str, tally: Tally) -> None:
    console = Console(highlight=False, soft_wrap=True, emoji=False)
    name = click.format_filename(file)  # bytes that are no UTF-8 would break standard output
    console.print(
        f"{name}: {tally.read:,} rows read: {tally.inserted:,} inserted, {tally.updated:,} updated, "
        f"{tally.unchanged:,} unchanged, {tally.skipped.total():,} skipped, {tally.rejected.total():,} rejected, "
        f"in {tally.seconds:.1f} s ({tally.rows_per_second:,.0f} rows/s)",
        markup=False,
    )
    for outcome, reasons in (("skipped", tally.skipped), ("rejected", tally.rejected)):
        for reason, number in reasons.most_common():
            console.print(f"  {outcome:<8}  {number:>9,}  {reason}", markup=False)
