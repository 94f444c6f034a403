"""`insitechart documents unregistered`: what clients ask that trusted mode would refuse."""

import json
from datetime import UTC, datetime, timedelta

import click
import msgspec
from rich.console import Console
from rich.table import Table

from ops.cli.document_removal import count
from ops.cli.on_database import on_database
from ops.cli.printable import columns, printable
from ops.cli.ranges import Whole
from ops.cli.ready_database import ready_database
from storage import unregistered_documents as stored


@click.command("unregistered")
@click.option(
    "--days",
    type=Whole(1, stored.KEPT_DAYS),
    default=7,
    show_default=True,
    help="Asked for within so many days.",
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def unregistered(days: int, *, as_json: bool) -> None:
    """Show documents that ran lately and are not registered: trusted mode would refuse them.

    \b
    Processes in the modes open and automatic tell every 30 seconds, by the SHA-256 of the text; the text stays with the
    client. Answers that are kept whole are not counted, so each was asked at least so often. At most 2,000 are kept,
    for 30 days.

    \b
    Examples:
      insitechart documents unregistered
      sha256sum clients/operations/*.graphql
      insitechart documents unregistered --json | jq -r '.[].digest'
    """  # noqa: D301 - click reads \b as "keep these lines"
    since = datetime.now(UTC) - timedelta(days=days)
    with ready_database() as settings:
        rows = on_database(settings, lambda session: stored.listing(session, since))
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(rows), indent=2))
    elif rows:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for heading in ("sha-256 of the text", "operation", "bytes", "asked", "since", "last asked"):
            right = heading in {"bytes", "asked"}
            table.add_column(heading, overflow="fold", justify="right" if right else "left", no_wrap=right)
        for row in rows:
            first, last = (at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") for at in (row.first_at, row.last_at))
            table.add_row(row.digest, printable(row.operation or ""), f"{row.size:,}", f"{row.asked:,}", first, last)
        Console(width=columns(), highlight=False, markup=False, emoji=False).print(table)
    if not as_json:
        click.echo(f"{count(len(rows))} asked within {days} days would be refused in trusted mode", err=True)
