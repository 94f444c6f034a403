"""Entries of files, examined as the API would: what may be registered, and what is wrong with the rest."""

import hashlib
from collections.abc import Sequence

from graph.documents.examination import Examined, Examiner, Rejected
from graph.rest.builtin import builtin_documents
from graph.schema import build_schema
from ops.cli.document_manifests import Entry, Fault
from ops.cli.endpoints import read_settings
from storage.add_documents import NewDocument
from storage.documents import LONGEST_NAME

_CORRECT = "correct the document"
_AGAIN = f"{_CORRECT}, and make its manifest again"


def examiner() -> Examiner:
    """Make an examiner with this program's schema and the limits that are set."""
    settings = read_settings()
    return Examiner(build_schema(settings)._schema, settings.limits)  # noqa: SLF001 - strawberry has no public way


def examined(
    entries: Sequence[Entry], judge: Examiner, app: str | None, version: str | None, *, names: bool | None
) -> tuple[list[NewDocument], list[Fault]]:
    """Return documents to register, and a fault for each reason against one.

    `names` gives every document its operation's name, or none; None gives it to those with a file of their own.
    """
    documents: list[NewDocument] = []
    faults: list[Fault] = []
    holders: dict[str, str] = {}
    ids = {entry.id: entry.where for entry in entries}
    reserved = {one.id for one in builtin_documents()}
    for entry in entries:
        found = judge.examine(entry.text)
        wrong = _faults(entry, found)
        faults += wrong
        if wrong or isinstance(found, Rejected):
            continue
        named = entry.alone if names is None else names
        name = found.operation if named else None
        if name is not None and len(name) > LONGEST_NAME:
            right = f"at most {LONGEST_NAME} characters make an address; use --no-names, or call it otherwise"
            faults.append(Fault(entry.where, f"its name has {len(name):,} characters", right))
        elif taken := reserved.intersection((entry.id, name)):
            faults.append(Fault(entry.where, f"'{taken.pop()}' ships with the server", "call the operation otherwise"))
        elif name is not None and name != entry.id and name in ids:
            faults.append(
                Fault(entry.where, f"its name '{name}' is the id of {ids[name]}", "an address has one document")
            )
        elif name is not None and name in holders:
            right = "operations of one call have different names, or use --no-names"
            faults.append(Fault(entry.where, f"its name '{name}' is that of {holders[name]}", right))
        elif name is not None:
            holders[name] = entry.where
        digest = hashlib.sha256(entry.text.encode()).hexdigest()
        documents.append(NewDocument(entry.id, name, entry.text, digest, app, version))
    return documents, faults


def _faults(entry: Entry, found: Examined | Rejected) -> list[Fault]:
    right = _CORRECT if entry.alone else _AGAIN
    if isinstance(found, Rejected):
        return [Fault(entry.where, reason, right) for reason in found.reasons]
    if "\0" in entry.text:  # a comment may hold one, and no text in PostgreSQL
        return [Fault(entry.where, f"it has the character U+0000, at {entry.text.index(chr(0)):,}", right)]
    if entry.name is not None and entry.name != found.operation:
        wrong = f"its name is '{entry.name}' and its operation's '{found.operation}'"
        return [Fault(entry.where, wrong, "a manifest names its operations as they are")]
    if entry.kind is not None and entry.kind != found.kind:
        return [Fault(entry.where, f"its type is '{entry.kind}', and it is a {found.kind}", f'"type": "{found.kind}"')]
    return []
