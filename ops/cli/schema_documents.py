"""The documents that a schema must keep able to run: those committed beside the clients, and those registered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphql import (
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    build_schema,
    parse,
    validate,
)

from ops.cli.document_files import read_documents
from ops.cli.document_manifests import Entry
from ops.cli.endpoints import read_settings
from ops.cli.on_database import on_database
from ops.cli.ready_database import ready_database
from ops.cli.schema_source import ROOT
from storage import documents as stored

COMMITTED_DOCUMENTS = tuple(ROOT / "clients" / name for name in ("operations", "documents"))
"""Folders that need not be there."""
_MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Broken:
    """A document that the schema refuses; `name` is what people call it, `where` its file, or the database."""

    where: str
    name: str
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} ({self.where}): {'; '.join(self.reasons)}"

    def as_json(self) -> dict[str, object]:
        """Return it in JSON's terms."""
        return {"where": self.where, "name": self.name, "reasons": self.reasons}


def broken_documents(sdl: str, paths: Sequence[Path], registered: Sequence[Entry] = ()) -> list[Broken]:
    """Return the documents that cannot run under a schema, of files and of those that are registered."""
    entries, faults = read_documents([path for path in _readable(paths) if path.exists()])
    found = [Broken(fault.where, "unreadable", (str(fault),)) for fault in faults]
    schema = build_schema(sdl)
    return found + [broken for entry in (*entries, *registered) if (broken := _judged(schema, entry))]


def registered_documents() -> list[Entry]:
    """Return what is registered in the database, where one is named."""
    if read_settings().database_url is None:
        return []
    with ready_database() as settings:
        rows, texts = on_database(settings, stored.everything)
    return [Entry(f"registered as {row.id}", row.id, texts[row.id], row.name) for row in rows if row.id in texts]


def _readable(paths: Sequence[Path]) -> Iterator[Path]:
    """Add the manifests of a folder to its documents: `documents add` wants those to be named."""
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.json"))
            if any(path.rglob("*.graphql")) or any(path.rglob("*.gql")):
                yield path
        else:
            yield path


def _judged(schema: GraphQLSchema, entry: Entry) -> Broken | None:
    try:
        document = parse(entry.text)
    except GraphQLSyntaxError as error:
        return Broken(entry.where, entry.name or entry.id, (_told(error),))
    names = [
        node.name.value for node in document.definitions if isinstance(node, OperationDefinitionNode) and node.name
    ]
    errors = validate(schema, document, max_errors=_MOST_REASONS)
    name = entry.name or ", ".join(names) or entry.id
    return Broken(entry.where, name, tuple(map(_told, errors))) if errors else None


def _told(error: GraphQLError) -> str:
    place = f" (line {error.locations[0].line})" if error.locations else ""
    return f"{error.message}{place}"
