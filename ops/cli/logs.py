"""`insitechart logs`: what log lines tell, and how they get to where others search them."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from ops.cli import exits
from ops.cli.log_report import print_analysis, print_read
from ops.cli.ranges import Whole
from ops.deploy.log_shipping import write_shipping
from ops.log_analysis import Analysis, BadMoment, NotThere, Unanswered, Window, analyze, moment


@click.group("logs")
def group() -> None:
    """Analyze log lines, or write what ships and indexes them.

    \b
    Examples:
      insitechart logs analyze api.log --since 1h
      insitechart logs templates --to /tmp/shipping
    """  # noqa: D301  click reads the backspace as "do not rewrap"


@group.command("analyze")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--since", metavar="WHEN", help="Lines from then on: 30m, 1h, 2d before now, or 2026-11-23T14:00Z.")
@click.option("--until", metavar="WHEN", help="Lines before then; the same forms.")
@click.option("--top", type=Whole(1, 10_000), default=20, show_default=True, help="Rows of a table, at most.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def analyze_files(files: tuple[str, ...], since: str | None, until: str | None, top: int, *, as_json: bool) -> None:
    """Tell of errors, times, slow statements, caches and external APIs, over all lines of all files.

    \b
    FILE is a file of JSON lines, plain or gzip, a pattern in quotes, or "-"
    for standard input. Lines that are torn or of another program are counted.

    \b
    Examples:
      insitechart logs analyze api.log --since 1h
      insitechart logs analyze '/var/log/insitechart/*.log*' --since 2d --until 1d
      journalctl -u insitechart -o cat | insitechart logs analyze - --json

    Exit codes: 0 done, 1 no line of ours to tell of, 2 wrong usage or no such file.
    """  # noqa: D301 - click reads \b as "keep these lines"
    now = datetime.now(UTC)
    try:
        window = Window(now, *(None if when is None else moment(when, now) for when in (since, until)))
        found = analyze(files, window, top)
    except (BadMoment, NotThere) as error:
        raise click.UsageError(str(error)) from error
    except (OSError, Unanswered) as error:
        raise exits.Failed(f"the lines cannot be looked at: {error}") from error
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    elif found.read.within:
        print_analysis(found)
    if not found.read.within:
        print_read(found, error=True)
        click.echo(_nothing(found), err=True)
        sys.exit(exits.FAILED)


@group.command("templates")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="FOLDER",
    help="Where to write them; it is made if need be.",
)
def templates(folder: Path) -> None:
    """Write the index template of Elasticsearch or OpenSearch, and rsyslog's configuration.

    \b
    Example:
      insitechart logs templates --to /tmp/shipping

    Exit codes: 0 done, 1 they cannot be written, 2 wrong usage.
    """  # noqa: D301 - as above
    try:
        for path in write_shipping(folder):
            click.echo(path)
    except OSError as error:
        raise exits.Failed(f"{error.filename or folder}: {error.strerror or error}") from error


def _nothing(found: Analysis) -> str:
    read = found.read
    if read.newest is None or read.first is None:
        hint = " JSON is read; INSITECHART_LOG_FORMAT=json has a process write it in development." if read.lines else ""
        return f"There is no line of ours to tell of.{hint}"
    return f"No line falls within: they go from {read.first:%Y-%m-%d %H:%M:%S} to {read.newest:%Y-%m-%d %H:%M:%S} UTC."
