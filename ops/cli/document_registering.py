"""Documents that passed every check, on their way into the database."""

from collections.abc import Sequence

from ops.cli.document_manifests import Entry
from ops.cli.on_database import on_database
from ops.settings import Settings
from storage import add_documents
from storage.add_documents import Change, Conflict, Conflicts, NewDocument


def register(
    settings: Settings, documents: Sequence[NewDocument], *, replace: bool, dry_run: bool
) -> tuple[dict[str, Change], Sequence[Conflict]]:
    """Return what became of each id, or what is in the way of all of them."""
    try:
        changes = on_database(
            settings, lambda session: add_documents.add(session, documents, replace=replace, dry_run=dry_run)
        )
    except Conflicts as found:
        return {}, found.conflicts
    return changes, ()


def where(entries: Sequence[Entry], document_id: str) -> str:
    """Return where an id came from; a conflict of all together has none."""
    return next((entry.where for entry in entries if entry.id == document_id), "all documents")
