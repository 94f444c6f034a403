"""`insitechart schema`: write the SDL that clients build on, and judge what a change to it does to them."""

import json
from collections import Counter
from pathlib import Path

import click
from graphql import GraphQLError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ops.cli.endpoints import read_settings
from ops.cli.printable import columns, printable
from ops.cli.schema_changes import Change, Severity, changes
from ops.cli.schema_documents import COMMITTED_DOCUMENTS, broken_documents, registered_documents
from ops.cli.schema_plans import plans
from ops.cli.schema_source import ROOT, read_accepted, read_other, read_schema

COMMITTED = ROOT / "schema.graphql"
_COLOURS = {Severity.SAFE: "green", Severity.DANGEROUS: "yellow", Severity.BREAKING: "red"}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def schema() -> None:
    """Export the GraphQL schema, check a change to it, or see what of it compiles.

    \b
    Examples:
      insitechart schema export
      insitechart schema export --output - | less
      insitechart schema check
      insitechart schema check --against base --fail-on dangerous
    """  # noqa: D301 - click reads the backspace as "do not rewrap"


@schema.command()
@click.option(
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default=COMMITTED,
    help="File to write; - prints  [default: schema.graphql at the root].",
)
def export(output: Path) -> None:
    """Write the schema as SDL.

    \b
    Examples:
      insitechart schema export
      insitechart schema export --output - | less
    """  # noqa: D301 - as above
    text = _current()
    if str(output) == "-":
        click.echo(text, nl=False)
        return
    if output.is_file() and output.read_bytes() == text.encode():
        click.echo(f"{output}: unchanged")
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise click.FileError(str(output), error.strerror) from error
    click.echo(f"{output}: written, {text.count(chr(10))} lines")


@schema.command()
@click.option("--against", metavar="FILE|REVISION|base", help="Compare with this schema instead of the committed file.")
@click.option("--file", type=click.Path(dir_okay=False, path_type=Path), default=COMMITTED, hidden=True)
@click.option(
    "--changelog", type=click.Path(dir_okay=False, path_type=Path), default=ROOT / "CHANGELOG.md", hidden=True
)
@click.option("--fail-on", type=click.Choice(["breaking", "dangerous"]), default="breaking", show_default=True)
@click.option(
    "--documents",
    "known",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Manifests, documents or folders that must still run  [default: those in clients/].",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def check(
    against: str | None, file: Path, changelog: Path, fail_on: str, known: tuple[Path, ...], *, as_json: bool
) -> None:
    """Compare the schema of this code with another one and judge each difference.

    Without --against: the committed schema.graphql must equal the schema of this code, to the letter.
    With it: fails on breaking changes, except those that the changelog's unreleased part names in a line
    "- **Breaking schema change** `Type.field`: why". "base" is origin/main where this branch has left it, else HEAD~1.
    Either way, documents that can no longer run fail the check, whatever the changelog says: those in clients/, and
    where a database is named (--database-url) those that are registered in it.

    \b
    Examples:
      insitechart schema check
      insitechart schema check --against base --fail-on dangerous
      insitechart schema check --database-url postgresql://user@host/stocks --documents persisted/

    \b
    Exit codes: 0 nothing in the way; 1 the committed file is stale, a change fails, or a document; 2 wrong use;
    69 the database is not there.
    """  # noqa: D301 - as above
    current = _current()
    if against is None:
        name, other = file.name, read_schema(file) if file.is_file() else None
    else:
        name, other = read_other(against, file)
    found = [] if other is None else _compare(name, other, current)
    accepted = read_accepted(changelog)
    least = Severity[fail_on.upper()]
    failing = [change for change in found if change.severity >= least and change.element not in accepted]
    stale = against is None and other != current
    broken = broken_documents(current, known or COMMITTED_DOCUMENTS, registered_documents())
    if as_json:
        report = _report(name, found, accepted, stale=stale, failing=bool(failing))
        click.echo(json.dumps(report | {"documents": [one.as_json() for one in broken]}, indent=2))
    else:
        _print(name, found, accepted, missing=other is None)
        for one in broken:
            click.echo(printable(f"document {one}").plain)
        if stale:
            click.echo(f"{file.name} is stale: run `insitechart schema export` and commit it.", err=True)
    if stale or broken or (against is not None and failing):
        raise SystemExit(1)


schema.add_command(plans)


def _current() -> str:
    from graph.schema import build_schema, sdl  # noqa: PLC0415 - comparing or helping needs no resolvers

    return sdl(build_schema(read_settings(environment="development")))


def _compare(name: str, other: str, current: str) -> list[Change]:
    try:
        return changes(other, current)
    except (GraphQLError, TypeError) as error:
        raise click.ClickException(f"{name} is not a schema: {error}") from error


def _report(
    name: str, found: list[Change], accepted: frozenset[str], *, stale: bool, failing: bool
) -> dict[str, object]:
    return {
        "against": name,
        "stale": stale,
        "failing": failing,
        "counts": {severity.name.lower(): _counts(found)[severity] for severity in Severity},
        "changes": [
            {
                "severity": change.severity.name.lower(),
                "kind": change.kind,
                "element": change.element,
                "message": change.message,
                "accepted": change.element in accepted,
            }
            for change in found
        ],
    }


def _print(name: str, found: list[Change], accepted: frozenset[str], *, missing: bool) -> None:
    if missing:
        click.echo(f"{name}: no schema there to compare with")
        return
    if found:
        table = Table("Severity", "Element", "Change", title=f"Changes against {name}", title_justify="left")
        for change in found:
            note = " (accepted in the changelog)" if change.element in accepted else ""
            severity = change.severity.name.lower()
            table.add_row(f"[{_COLOURS[change.severity]}]{severity}[/]", change.element, escape(change.message + note))
        Console(width=columns(), emoji=False).print(table)
    counted = ", ".join(f"{_counts(found)[severity]} {severity.name.lower()}" for severity in reversed(Severity))
    click.echo(f"{name}: {counted}")


def _counts(found: list[Change]) -> Counter[Severity]:
    return Counter(change.severity for change in found)
