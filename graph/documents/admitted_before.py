"""Operations that were admitted before, found by the very bytes that asked for them.

Admission looks at nothing but these bytes, the registered documents and what the settings fix for the process' life. So
a request that comes again in the same bytes is not read, hashed, checked, coerced and priced again: a third of the
calls that a small query costs in all. Only single queries are kept, and none that brings a hash of its document to be
kept or found under: that has to reach Redis each time.
"""

from collections import OrderedDict

from msgspec import Struct

from graph.documents.operation import AdmittedOperation
from graph.documents.registered import Registered, RegisteredDocument
from graph.documents.request import OperationRequest

LONGEST = 16_384
"""Bytes of the longest request that is kept: hashing a longer one starts to cost what it saves."""

_ENTRIES = 4_000
_BYTES = 8 * 2**20
_PER_ENTRY = 2_000  # keys, the operation and its variables' values with their sources
_PER_BYTE = 20  # JSON as Python objects: at most 20 for each byte of it, for lists in lists
_PER_TOKEN = 400  # of the document's tree, though operations share it


class _Entry(Struct, frozen=True):
    """`used` are registered documents whose use each such request tells of; `text` is the bytes of one that is not."""

    operation: AdmittedOperation
    used: tuple[RegisteredDocument, ...]
    text: int
    size: int


class AdmittedBefore:
    """Bounded in entries and estimated bytes; the longest unused leave first, and all of them at a new revision."""

    def __init__(self, registered: Registered, *, trusted: bool, entries: int = _ENTRIES, size: int = _BYTES) -> None:
        self._registered = registered
        self._trusted = trusted
        self._most = entries
        self._bytes = size
        self._used = 0
        self.hits = 0
        self._revision = registered.revision
        self._kept: OrderedDict[tuple[str, bytes], _Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, method: str, raw: bytes) -> AdmittedOperation | None:
        """Return what a body, or a query string under GET, was admitted as when it came before."""
        if self._revision != self._registered.revision:
            self._forget()
        key = (method, raw)
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        self.hits += 1
        for document in found.used:
            self._registered.note(document)
        if found.text:
            self._registered.unregistered.note(found.operation.digest, found.operation.name, found.text)
        return found.operation

    def keep(
        self, method: str, raw: bytes, request: OperationRequest, operation: AdmittedOperation, revision: int
    ) -> None:
        """Remember what a request was admitted as, which it was since the registered documents had that revision."""
        if operation.kind_name != "query" or request.persisted_hash is not None or len(raw) > LONGEST:
            return
        if revision != self._registered.revision:
            return
        if self._revision != revision:
            self._forget()
        tokens: int = getattr(operation.document, "token_count", 0)
        size = _PER_ENTRY + len(raw) * _PER_BYTE + tokens * _PER_TOKEN
        if size > self._bytes:
            return
        replaced = self._kept.pop((method, raw), None)
        self._used += size - (replaced.size if replaced is not None else 0)
        self._kept[method, raw] = _Entry(
            operation, self._used_by(request, operation), self._unregistered(request, operation), size
        )
        while len(self._kept) > self._most or self._used > self._bytes:
            self._used -= self._kept.popitem(last=False)[1].size

    def _used_by(self, request: OperationRequest, operation: AdmittedOperation) -> tuple[RegisteredDocument, ...]:
        """Return what admission notes: the document of the id, and among trusted ones that of the text."""
        named = self._registered.by_id(request.document_id) if request.document_id is not None else None
        told = self._registered.by_digest(bytes.fromhex(operation.digest)) if self._trusted else None
        return tuple({document.id: document for document in (named, told) if document is not None}.values())

    def _unregistered(self, request: OperationRequest, operation: AdmittedOperation) -> int:
        """Return the bytes of the text that a request brings, 0 where that is registered."""
        if request.query is None or self._registered.by_digest(bytes.fromhex(operation.digest)) is not None:
            return 0
        return len(request.query.encode(errors="surrogatepass"))

    def _forget(self) -> None:
        self._kept.clear()
        self._used = 0
        self._revision = self._registered.revision
