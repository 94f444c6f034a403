"""Manifests of persisted documents as tools write them: Apollo's, and the flat maps of Relay and graphql-codegen.

| tool | form | ids |
|---|---|---|
| generate-persisted-query-manifest | `{"format", "version", "operations": [{id, name, type, body}]}` | SHA-256 |
| relay-compiler (`persistConfig.file`) | `{id: text}` | MD5 by default |
| graphql-codegen client preset (`persistedDocuments`) | `{id: text}` | SHA-1 by default, or `sha256:` and hex |

Ids are taken as they are: what they were made of (a text with or without its last newline, say) is the tool's business.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

APOLLO = "apollo-persisted-query-manifest"
_LONGEST_ID = 256
_FORMS = f'a manifest is {{"id": "text of the document"}}, or Apollo\'s with "format": "{APOLLO}"'


@dataclass(frozen=True, slots=True)
class Entry:
    """A document that a file holds; `where` names the file and the entry, `name` and `kind` what its tool says.

    `alone` is true of a document that has a file of its own.
    """

    where: str
    id: str
    text: str
    name: str | None = None
    kind: str | None = None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an entry, and what would be right."""

    where: str
    wrong: str
    right: str

    def __str__(self) -> str:
        return f"{self.where}: {self.wrong}; {self.right}"


class _Repeated(dict[str, Any]):
    """A JSON object that remembers the names it has more than once: the last one would win in silence."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        numbers = Counter(name for name, _ in pairs) if len(self) < len(pairs) else {}
        self.repeated = sorted(name for name, number in numbers.items() if number > 1)


def read_manifest(file: str, text: str) -> Iterator[Entry | Fault]:
    """Yield the entries of a manifest, and a fault for each that cannot be read."""
    try:
        manifest = json.loads(text, object_pairs_hook=_Repeated)
    except (ValueError, RecursionError) as error:
        yield Fault(file, f"not JSON: {error}", _FORMS)
        return
    if not isinstance(manifest, _Repeated):
        yield Fault(file, f"a JSON object is expected, not {_kind(manifest)}", _FORMS)
    elif "format" in manifest or isinstance(manifest.get("operations"), list):
        yield from _read_apollo(file, manifest)
    elif not manifest:
        yield Fault(file, "the manifest is empty", _FORMS)
    else:
        yield from _read_flat(file, manifest)


def _read_flat(file: str, manifest: _Repeated) -> Iterator[Entry | Fault]:
    for repeated in manifest.repeated:
        yield Fault(_at(file, repeated), "the id stands there more than once", "each id has one text")
    for document_id, text in manifest.items():
        where = _at(file, document_id)
        if not isinstance(text, str):
            yield Fault(where, f"its text is {_kind(text)}", _FORMS)
        else:
            yield _entry(where, document_id, text)


def _read_apollo(file: str, manifest: _Repeated) -> Iterator[Entry | Fault]:
    if manifest.get("format") != APOLLO:
        yield Fault(file, f'its "format" is {_shown(manifest.get("format"))}', f'"format": "{APOLLO}" is known')
        return
    if manifest.get("version") != 1:
        yield Fault(file, f'its "version" is {_shown(manifest.get("version"))}', '"version": 1 is known')
        return
    operations = manifest.get("operations")
    if not isinstance(operations, list) or not operations:
        yield Fault(file, 'it has no "operations"', 'an array of {"id", "name", "type", "body"} is expected')
        return
    for place, operation in enumerate(operations):
        yield _read_operation(f"{file}: operation {place}", operation)


def _read_operation(where: str, operation: object) -> Entry | Fault:
    right = '{"id", "name", "type", "body"} is expected, each a string'
    if not isinstance(operation, dict):
        return Fault(where, f"an object is expected, not {_kind(operation)}", right)
    for member in ("id", "name", "type", "body"):
        if not isinstance(operation.get(member), str):
            return Fault(where, f'its "{member}" is {_kind(operation.get(member))}', right)
    name = operation["name"]
    return _entry(f"{where} '{name[:80]}'", operation["id"], operation["body"], name, operation["type"])


def _entry(where: str, document_id: str, text: str, name: str | None = None, kind: str | None = None) -> Entry | Fault:
    if not 0 < len(document_id) <= _LONGEST_ID or not document_id.isprintable() or " " in document_id:
        right = f"1 to {_LONGEST_ID} printable characters without blanks make one"
        return Fault(where, f"{_shown(document_id)} cannot be an id", right)
    if not text.strip():
        return Fault(where, "its text is empty", "the whole document is expected")
    return Entry(where, document_id, text, name, kind)


def _at(file: str, document_id: str) -> str:
    return f"{file}: {_shown(document_id)}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 90 else f"{text[:89]}…"  # noqa: PLR2004 - a prefixed SHA-256 is shown whole


def _kind(value: object) -> str:
    names = {dict: "an object", _Repeated: "an object", list: "an array", str: "a string", bool: "a boolean"}
    return names.get(type(value), "missing" if value is None else "a number")
