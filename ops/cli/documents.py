"""`insitechart documents`: register the documents of clients, list and check them, and let them go."""

import json
from collections import Counter
from pathlib import Path

import click

from ops.cli import exits
from ops.cli.document_examining import examined, examiner
from ops.cli.document_files import read_documents
from ops.cli.document_manifests import Fault
from ops.cli.document_registering import register, told_of_apps, where
from ops.cli.document_removal import count, prune, remove
from ops.cli.document_table import print_documents, reports
from ops.cli.document_unregistered import unregistered
from ops.cli.endpoints import read_settings
from ops.cli.on_database import on_database
from ops.cli.printable import printable
from ops.cli.ready_database import ready_database
from storage import documents as stored

_TEXT = click.Path(exists=True, path_type=Path)


def _short(_context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    """Take what the table takes, and a terminal may show."""
    if text is None or (len(text) <= stored.LONGEST_APP and text.isprintable()):
        return text
    raise click.BadParameter(f"at most {stored.LONGEST_APP} printable characters are kept", param=parameter)


_APP = click.option(
    "--app", metavar="NAME", callback=_short, help="The client whose documents these are  [default: as they were]."
)
_VERSION = click.option(
    "--version", metavar="TEXT", callback=_short, help="The version of that client  [default: as it was]."
)


@click.group("documents")
def group() -> None:
    """Register the documents of clients, list and check them, and let them go.

    \b
    API processes see a change within a second or two. In trusted mode (INSITECHART_DOCUMENTS=trusted) only registered
    documents run.

    \b
    Examples:
      insitechart documents add persisted-query-manifest.json --app web --version 2026-11-23
      insitechart documents add clients/operations
      insitechart documents list --json | jq -r '.[] | select(.run_by != "compiled") | .id'
      insitechart documents prune --unused 90
      insitechart documents remove StockPage
      insitechart documents unregistered --days 7

    Exit codes: 0 done, 1 some document is wrong or in the way, 2 wrong usage, 69 no database.
    """  # noqa: D301  click reads the backspace as "do not rewrap"


@group.command("add")
@click.argument("files", nargs=-1, required=True, type=_TEXT)
@_APP
@_VERSION
@click.option("--names/--no-names", default=None, help="Give documents their operation's name  [default: only files].")
@click.option("--replace", is_flag=True, help="Let an id have another text, and a name another app.")
@click.option("--dry-run", is_flag=True, help="Check everything, and register nothing.")
def add(
    files: tuple[Path, ...],
    app: str | None,
    version: str | None,
    *,
    names: bool | None,
    replace: bool,
    dry_run: bool,
) -> None:
    """Register documents: all of them, or none where one is wrong.

    \b
    FILES are manifests of Apollo, Relay or graphql-codegen (.json), documents (.graphql, .gql), and folders of
    documents. A document's own file gives it the SHA-256 of its text as its id, and its operation's name; ids in
    manifests are taken as they are. Adding twice is the same as adding once.

    \b
    Examples:
      insitechart documents add persisted-query-manifest.json --app web --dry-run
      insitechart documents add relay/persisted.json --app ios --version 4.1
      insitechart documents add StockPage.graphql --replace
    """  # noqa: D301 - as above
    entries, faults = read_documents(files)
    documents, wrong = examined(entries, examiner(), app, version, names=names)
    _refuse([*faults, *wrong])
    with ready_database() as settings:
        done, conflicts = register(settings, documents, replace=replace, dry_run=dry_run)
    _refuse([Fault(where(entries, one.id), one.what, one.right) for one in conflicts])
    counts = Counter(done.changes.values())
    for document in documents:
        click.echo(f"{done.changes[document.id]:9}  {document.id}  {document.name or ''}".rstrip())
    told = ", ".join(f"{number:,} {change}" for change, number in sorted(counts.items()))
    click.echo(f"{told}{' (dry run: nothing was written)' if dry_run else ''}", err=True)
    for line in told_of_apps(done, app):
        click.echo(printable(line).plain, err=True)


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(*, as_json: bool) -> None:
    """Show all registered documents: what they cost, how they run, and the day of their last use."""
    with ready_database() as settings:
        rows, texts = on_database(settings, stored.everything)
    found = reports(rows, texts, examiner())
    if as_json:
        click.echo(json.dumps([one.as_json() for one in found], indent=2))
    elif found:
        print_documents(found)
    else:
        click.echo(f"No document is registered in {_place()}: 'insitechart documents add' does it.", err=True)


@group.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def check(*, as_json: bool) -> None:
    """Check all registered documents against the schema and limits of this program."""
    with ready_database() as settings:
        rows, texts = on_database(settings, stored.everything)
    broken = [one for one in reports(rows, texts, examiner()) if one.reasons]
    if as_json:
        click.echo(json.dumps([one.as_json() for one in broken], indent=2))
    for one in broken:
        for reason in () if as_json else one.reasons:
            click.echo(printable(f"{one.told}: {reason}").plain)
    if broken:
        raise exits.Failed(f"{len(broken)} of {count(len(rows))} can no longer run")
    click.echo(f"{count(len(rows))}, all of which can run", err=True)


group.add_command(prune)
group.add_command(remove)
group.add_command(unregistered)


def _refuse(faults: list[Fault]) -> None:
    """Print what is wrong, all of it, and end."""
    if faults:
        for fault in faults:
            click.echo(printable(str(fault)).plain, err=True)
        raise exits.Failed(f"nothing was registered: {len(faults):,} {'fault' if len(faults) == 1 else 'faults'} found")


def _place() -> str:
    """Name the database that was asked; the embedded one depends on where the command runs."""
    known = read_settings()
    return f"the embedded database of {known.data_dir.resolve()}" if known.database_url is None else "that database"
