"""Registering documents: all of a call or none, and twice is the same as once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as _with
from typing import Literal, NoReturn

from storage.documents import MOST_BYTES, MOST_DOCUMENTS, bare
from storage.session import Session

Change = Literal["added", "replaced", "updated", "unchanged"]

_FEWER = "prune those that are unused, or remove some"
_REPLACE = "--replace lets it be"
_COUNT_UP = "UPDATE documents_revision SET number = number + $1::integer RETURNING number"
_KNOWN = """
SELECT id, name, digest, app, version FROM documents WHERE id = ANY($1::text[]) OR name = ANY($1::text[])
"""
_FREE_NAMES = "UPDATE documents SET name = NULL WHERE name = ANY($1::text[])"
_WRITE = """
INSERT INTO documents AS kept (id, name, text, digest, app, version)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
ON CONFLICT (id) DO UPDATE
SET name = coalesce(excluded.name, kept.name), text = excluded.text, digest = excluded.digest, app = excluded.app,
    version = excluded.version,
    used_on = CASE WHEN kept.digest = excluded.digest THEN kept.used_on END,
    added_at = CASE WHEN kept.digest = excluded.digest THEN kept.added_at ELSE now() END
"""
_TOTALS = "SELECT count(*) AS documents, coalesce(sum(octet_length(text)), 0)::bigint AS bytes FROM documents"


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to register; `digest` is the SHA-256 of its text in hex.

    None as `app` leaves it with the app that has it; None as `version` keeps the version, where the app stays the same.
    """

    id: str
    name: str | None
    text: str
    digest: str
    app: str | None
    version: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is registered under an id already."""

    id: str
    name: str | None
    digest: str
    app: str
    version: str


@dataclass(frozen=True, slots=True)
class Registration:
    """What became of each id; ids that `kept` their app for none was given, and the app of those that left one."""

    changes: dict[str, Change] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A document that is in the way; `what` says how, and `right` what lets the new one be."""

    id: str
    what: str
    right: str = _REPLACE


class Conflicts(Exception):
    """Nothing was registered: some documents are in the way, or there would be too many."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(f"{len(conflicts)} conflicts")
        self.conflicts = conflicts


class _Undone(Exception):
    """A dry run ends as a transaction that failed does."""


async def add(
    session: Session, documents: Sequence[NewDocument], *, replace: bool, dry_run: bool = False
) -> Registration:
    """Register documents and return what became of them. Raises Conflicts.

    An id keeps its text unless `replace`, and its name unless another is given; a name moves to the newest document of
    its app, and to one of another app only with `replace`. A dry run does everything and takes it back.
    """
    done = Registration()
    try:
        async with session.transaction() as transaction:
            await transaction.fetch("documents_revision", _COUNT_UP, 0)  # its row's lock puts writers in a queue
            words = [word for one in documents for word in (one.id, _twin(one.id), one.name) if word]
            rows = await transaction.fetch("documents_known", _KNOWN, words)
            known = [Known(**row) for row in rows]
            settled = _settled(documents, {one.id: one for one in known})
            changes, conflicts = decide(settled, known, replace=replace)
            done = Registration(changes, *_owners(documents, known))
            written = [one for one in settled if changes[one.id] != "unchanged"]
            if conflicts:
                raise Conflicts(conflicts)
            if written:
                await transaction.execute("documents_names", _FREE_NAMES, [one.name for one in written if one.name])
                columns = zip(
                    *((one.id, one.name, one.text, one.digest, one.app, one.version) for one in written), strict=True
                )
                await transaction.execute("documents_write", _WRITE, *map(list, columns))
                await transaction.execute("documents_revision", _COUNT_UP, 1)
            (totals,) = await transaction.fetch("documents_totals", _TOTALS)
            if totals["documents"] > MOST_DOCUMENTS or totals["bytes"] > MOST_BYTES:
                raise Conflicts([Conflict("", _too_many(totals["documents"], totals["bytes"]), _FEWER)])
            if dry_run:
                _take_back()
    except _Undone:
        pass
    return done


def _settled(documents: Iterable[NewDocument], known: Mapping[str, Known]) -> list[NewDocument]:
    """Return the documents with the app and version that they will have."""
    found: list[NewDocument] = []
    for one in documents:
        before = known.get(one.id)
        app = one.app if one.app is not None else before.app if before else ""
        version = one.version if one.version is not None else before.version if before and before.app == app else ""
        found.append(_with(one, app=app, version=version))
    return found


def _owners(documents: Iterable[NewDocument], known: Iterable[Known]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the apps that stay though none was given, and those that lose a document to another."""
    given = {one.id: one.app for one in documents}
    owned = [one for one in known if one.app and one.id in given]
    kept = {one.id: one.app for one in owned if given[one.id] is None}
    return kept, {one.id: one.app for one in owned if given[one.id] not in {None, one.app}}


def decide(
    documents: Iterable[NewDocument], known: Iterable[Known], *, replace: bool
) -> tuple[dict[str, Change], list[Conflict]]:
    """Say what each document would come to beside those that are known, and what is in its way."""
    by_id: Mapping[str, Known] = {one.id: one for one in known}
    holders = {one.name: one for one in by_id.values() if one.name}
    changes: dict[str, Change] = {}
    conflicts: list[Conflict] = []
    for one in documents:
        before = by_id.get(one.id)
        if before is None:
            changes[one.id] = "added"
        elif before.digest != one.digest:
            changes[one.id] = "replaced"
            if not replace:
                conflicts.append(Conflict(one.id, "another text is registered under this id"))
        else:
            same = (before.name, before.app, before.version) == (one.name or before.name, one.app, one.version)
            changes[one.id] = "unchanged" if same else "updated"
        twin = by_id.get(_twin(one.id))
        if twin and twin.digest != one.digest and not replace:
            conflicts.append(Conflict(one.id, f"another text is registered under '{twin.id}', which means the same"))
        if not replace:
            conflicts += _shadows(one, before, by_id, holders)
        holder = holders.get(one.name) if one.name else None
        if holder and holder.id != one.id and holder.app != one.app and not replace:
            of = f"of app '{holder.app}'" if holder.app else "of no app"
            right = f"--app {holder.app} makes it the next one, --replace takes the name" if holder.app else _REPLACE
            what = f"its name '{one.name}' belongs to document '{holder.id}' {of}"
            conflicts.append(Conflict(one.id, what, right))
    return changes, conflicts


def _shadows(
    one: NewDocument, before: Known | None, by_id: Mapping[str, Known], holders: Mapping[str, Known]
) -> Iterator[Conflict]:
    """Yield what would stand behind an address that another document has: ids are found before names."""
    named = holders.get(one.id)
    if before is None and named:
        yield Conflict(one.id, f"its id is the name of document '{named.id}'")
    if one.name and one.name != one.id and one.name in by_id and (before is None or before.name != one.name):
        yield Conflict(one.id, f"its name '{one.name}' is the id of another document")


def _twin(document_id: str) -> str:
    """Return the same id in its other spelling, with `sha256:` or without."""
    without = bare(document_id)
    return without if without != document_id else f"sha256:{document_id}"


def _take_back() -> NoReturn:
    raise _Undone


def _too_many(documents: int, size: int) -> str:
    return (
        f"there would be {documents:,} documents of {size:,} bytes; at most {MOST_DOCUMENTS:,} of {MOST_BYTES:,} bytes "
        "together are kept"
    )
