"""The documents that were registered beforehand, as this process knows them: by id, by name, and by their text."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from graph.documents.unregistered import Unregistered

_PREFIX = "sha256:"


@dataclass(frozen=True, slots=True)
class RegisteredDocument:
    """`digest` is the SHA-256 of the text; `builtin` ones ship with this program and are not recorded as used."""

    id: str
    name: str | None
    text: str
    digest: bytes
    builtin: bool = False


def registered(document_id: str, name: str | None, text: str, *, builtin: bool = False) -> RegisteredDocument:
    """Make one of its text."""
    return RegisteredDocument(document_id, name, text, hashlib.sha256(text.encode()).digest(), builtin)


class Registered:
    """All of them, replaced as a whole when they changed; `loaded` is false until they were read for the first time."""

    def __init__(self, builtin: Iterable[RegisteredDocument] = ()) -> None:
        self._builtin = tuple(builtin)
        self._by_id: dict[str, RegisteredDocument] = {}
        self._by_name: dict[str, RegisteredDocument] = {}
        self._by_digest: dict[bytes, RegisteredDocument] = {}
        self._digests: frozenset[str] = frozenset()
        self.loaded = False
        self.uses: set[str] = set()
        """Ids that were asked for and are not recorded yet."""
        self.unregistered = Unregistered()
        self.revision = 0
        """Grows with every replacement: an id may stand for another text from then on."""
        self._index(self._builtin)

    def __len__(self) -> int:
        return len(self._by_id)

    def replace(self, documents: Iterable[RegisteredDocument]) -> None:
        """Know these from now on, beside those that ship with the program."""
        self._index((*documents, *self._builtin))
        self.loaded = True
        self.revision += 1

    def note(self, document: RegisteredDocument) -> None:
        """Remember that a document was asked for."""
        if not document.builtin:
            self.uses.add(document.id)

    def knows(self, digest: str | None) -> bool:
        """Whether the SHA-256 of a text, in hexadecimal, is that of one of them."""
        return digest in self._digests

    def own(self) -> list[RegisteredDocument]:
        """Return those that do not ship with the program."""
        return [one for one in self._by_id.values() if not one.builtin]

    def by_id(self, document_id: str) -> RegisteredDocument | None:
        """Find by id; tools write hashes with and without `sha256:`, and mean the same."""
        found = self._by_id.get(document_id)
        if found is None:
            bare = document_id.removeprefix(_PREFIX)
            found = self._by_id.get(bare if bare != document_id else _PREFIX + document_id)
        return found

    def by_name(self, name: str) -> RegisteredDocument | None:
        """Find by name."""
        return self._by_name.get(name)

    def by_digest(self, digest: bytes) -> RegisteredDocument | None:
        """Find by the SHA-256 of the text."""
        return self._by_digest.get(digest)

    def _index(self, documents: tuple[RegisteredDocument, ...]) -> None:
        self._by_id = {one.id: one for one in documents}
        self._by_name = {one.name: one for one in documents if one.name is not None}
        self._by_digest = {one.digest: one for one in documents}
        self._digests = frozenset(one.digest.hex() for one in documents)
