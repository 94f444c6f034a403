"""Documents that go: those that nobody used, and those that are named."""

import difflib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import click

from graph.rest.builtin import builtin_documents
from ops.cli import exits
from ops.cli.dead_letters import at_terminal
from ops.cli.on_database import on_database
from ops.cli.printable import printable
from ops.cli.ranges import Whole
from ops.cli.ready_database import ready_database
from storage import documents as stored
from storage.documents import DocumentRow
from storage.session import Session

_LONGEST = 256  # characters of an id; a name has fewer


@click.command("prune")
@click.option("--unused", type=Whole(1), default=90, show_default=True, help="Days without a use.")
@click.option("--app", default=None, metavar="NAME", help="Of this client only.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Show what would go.")
def prune(unused: int, app: str | None, *, yes: bool, dry_run: bool) -> None:
    """Forget documents that were neither used nor added for some days; their clients will be refused."""
    since = (datetime.now(UTC) - timedelta(days=unused)).date()
    with ready_database() as settings:
        ids = on_database(settings, lambda session: stored.unused(session, since, app))
        for one in ids:
            click.echo(one)
        if dry_run or not ids:
            click.echo(f"{count(len(ids))} unused since {since}", err=True)
            return
        _confirm(f"Forget {count(len(ids))} unused since {since}?", yes=yes)
        gone = on_database(settings, lambda session: stored.prune(session, ids, since))
    click.echo(f"{count(len(gone))} forgotten", err=True)


@click.command("remove")
@click.argument("words", nargs=-1, required=True, metavar="ID_OR_NAME...")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Show what would go.")
def remove(words: tuple[str, ...], *, yes: bool, dry_run: bool) -> None:
    """Forget documents by id or name, used or not; their clients will be refused in trusted mode.

    \b
    All of them go, or none where one is not registered. Processes know within a second or two. 'documents add' brings
    a document back.

    \b
    Examples:
      insitechart documents remove StockPage
      insitechart documents prune --unused 30 --dry-run | xargs insitechart documents remove --yes
    """  # noqa: D301 - click reads \b as "keep these lines"
    with ready_database() as settings:
        rows = on_database(settings, lambda session: _rows(session, words))
        for row in rows:
            click.echo(printable(_line(row)).plain)
        if dry_run:
            click.echo(f"{count(len(rows))} would be forgotten", err=True)
            return
        _confirm(f"Forget {count(len(rows))}?", yes=yes)
        gone = on_database(settings, lambda session: stored.remove(session, [row.id for row in rows]))
    click.echo(f"{count(len(gone))} forgotten", err=True)


def count(number: int) -> str:
    """Return so many documents, in words."""
    return f"{number:,} document{'' if number == 1 else 's'}"


def _confirm(question: str, *, yes: bool) -> None:
    if not yes:
        if not at_terminal():
            raise click.UsageError("nobody is there to be asked: use --yes, or --dry-run")
        click.confirm(question, abort=True, err=True)


async def _rows(session: Session, words: Sequence[str]) -> list[DocumentRow]:
    """Return the documents that the words stand for, each once. Raises Failed where one stands for none."""
    askable = [word for word in words if len(word) <= _LONGEST and word.isprintable()]
    found = await stored.named(session, askable)
    missing = [word for word in words if not found.get(word)]
    if missing:
        known = await stored.listing(session)
        meant = [*(row.id for row in known), *(row.name for row in known if row.name)]
        for word in missing:
            click.echo(printable(_unknown(word, meant)).plain, err=True)
        raise exits.Failed(f"nothing was forgotten: {len(missing):,} of {len(words):,} not registered")
    return list({row.id: row for word in words for row in found[word]}.values())


def _unknown(word: str, known: Sequence[str]) -> str:
    if word in {one.id for one in builtin_documents()}:
        return f"'{word}' ships with the server and stays"
    near = difflib.get_close_matches(word, known, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else "; 'insitechart documents list' shows what is"
    return f"no document is registered as '{word[:_LONGEST]}'{hint}"


def _line(row: DocumentRow) -> str:
    used = f"last used on {row.used_on}" if row.used_on else "never used"
    return "  ".join(part for part in (row.id, row.name, row.app and f"of app '{row.app}'", used) if part)
