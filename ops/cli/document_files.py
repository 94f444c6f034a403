"""Documents from files: manifests (.json), single documents (.graphql, .gql), and folders of documents."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from stat import S_ISREG

from ops.cli.document_manifests import Entry, Fault, read_manifest
from storage.documents import MOST_DOCUMENTS, bare

DOCUMENTS = (".graphql", ".gql")
MANIFEST = ".json"
_MOST_BYTES = 64 * 2**20
_MOST_FILES = 10_000
_KINDS = f"{', '.join(DOCUMENTS)} hold one document each, {MANIFEST} a manifest"


def read_documents(paths: Sequence[Path]) -> tuple[list[Entry], list[Fault]]:
    """Return what the files hold, each id once, and what is wrong with them.

    A document of its own file has the SHA-256 of its text as its id, as clients compute it.
    """
    entries: dict[str, Entry] = {}
    places: dict[str, Entry] = {}
    faults: list[Fault] = []
    for found in (one for path in paths for one in _read(path)):
        if isinstance(found, Fault):
            faults.append(found)
        elif (before := places.setdefault(bare(found.id), found)).text == found.text:
            entries.setdefault(found.id, found)
        else:
            faults.append(
                Fault(found.where, f"its id stands for another text in {before.where}", "each id has one text")
            )
    if len(entries) > MOST_DOCUMENTS:
        told = f"{len(entries):,} documents are in the files"
        return [], [Fault("all documents", told, f"at most {MOST_DOCUMENTS:,} may be registered"), *faults]
    return list(entries.values()), faults


def _read(path: Path) -> Iterator[Entry | Fault]:
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix in DOCUMENTS and not file.is_dir())
        if not files:
            yield Fault(str(path), "no document is in this folder", f"files that end in {' or '.join(DOCUMENTS)} are")
        elif len(files) > _MOST_FILES:
            yield Fault(str(path), f"{len(files):,} documents are in this folder", f"at most {_MOST_FILES:,} may be")
        else:
            for file in files:
                yield from _read_file(file)
    else:
        yield from _read_file(path)


def _read_file(file: Path) -> Iterator[Entry | Fault]:
    if file.suffix not in (*DOCUMENTS, MANIFEST):
        yield Fault(str(file), f"'{file.suffix}' is not an ending that is known", _KINDS)
        return
    try:
        if not S_ISREG(file.stat().st_mode):  # a pipe may never end, nor may a device
            yield Fault(str(file), "it is no file with a content of its own", _KINDS)
            return
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            yield Fault(str(file), "the file is too large", f"at most {_MOST_BYTES:,} bytes are read")
            return
        text = content.decode("utf-8-sig")
    except OSError as error:
        yield Fault(str(file), f"cannot be read: {error.strerror}", _KINDS)
    except UnicodeDecodeError as error:
        yield Fault(str(file), f"not UTF-8 at byte {error.start}", "save it as UTF-8")
    else:
        if file.suffix == MANIFEST:
            yield from read_manifest(str(file), text)
        elif text.strip():
            yield Entry(str(file), hashlib.sha256(text.encode()).hexdigest(), text, alone=True)
        else:
            yield Fault(str(file), "the file is empty", "one document is expected")
