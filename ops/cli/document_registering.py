"""Documents that passed every check, on their way into the database."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ops.cli.document_manifests import Entry
from ops.cli.on_database import on_database
from ops.settings import Settings
from storage import add_documents
from storage.add_documents import Conflict, Conflicts, NewDocument, Registration


def register(
    settings: Settings, documents: Sequence[NewDocument], *, replace: bool, dry_run: bool
) -> tuple[Registration, Sequence[Conflict]]:
    """Return what became of the documents, or what is in the way of all of them."""
    try:
        done = on_database(
            settings, lambda session: add_documents.add(session, documents, replace=replace, dry_run=dry_run)
        )
    except Conflicts as found:
        return Registration(), found.conflicts
    return done, ()


def where(entries: Sequence[Entry], document_id: str) -> str:
    """Return where an id came from; a conflict of all together has none."""
    return next((entry.where for entry in entries if entry.id == document_id), "all documents")


def told_of_apps(done: Registration, app: str | None) -> list[str]:
    """Say whose the documents are, where that may not be what was meant."""
    kept = [f"{_stay(number)} with app '{owner}', for no --app is given" for owner, number in _counted(done.kept)]
    return kept + [
        f"{_were(number)} of app '{owner}', and {'is' if number == 1 else 'are'} now listed under {_app(app)}"
        for owner, number in _counted(done.left)
    ]


def _counted(owners: Mapping[str, str]) -> list[tuple[str, int]]:
    return sorted(Counter(owners.values()).items())


def _stay(number: int) -> str:
    return f"{number:,} stays" if number == 1 else f"{number:,} stay"


def _were(number: int) -> str:
    return f"{number:,} was" if number == 1 else f"{number:,} were"


def _app(app: str | None) -> str:
    return f"app '{app}'" if app else "no app"
