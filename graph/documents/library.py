"""Requests that name a document instead of bringing it: where its text comes from, and which texts are kept.

Three places, in this order: what was registered; what this process checked lately; what any process was sent under its
hash, in Redis. The protocol of hashes is Apollo's (https://www.apollographql.com/docs/apollo-server/performance/apq).
"""

import hashlib
import re

from graphql import GraphQLSchema, OperationDefinitionNode
from msgspec.structs import replace

from graph.documents.admission import Documents
from graph.documents.operation import CheckedDocument, choose_operation
from graph.documents.registered import Registered, RegisteredDocument
from graph.documents.request import OperationRequest
from ops.errors import BadRequest, Unavailable
from ops.persisted_errors import (
    DocumentNotFound,
    DocumentNotTrusted,
    PersistedQueryMismatch,
    PersistedQueryNotFound,
    PersistedQueryNotSupported,
)
from ops.settings import DocumentMode
from storage.automatic_documents import AutomaticDocuments

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Library:
    """Completes requests in one mode, and notes which registered documents are asked for."""

    def __init__(
        self,
        documents: Documents,
        registered: Registered,
        automatic: AutomaticDocuments,
        mode: DocumentMode,
    ) -> None:
        self.registered = registered
        self._documents = documents
        self._automatic = automatic
        self._mode = mode

    @property
    def schema(self) -> GraphQLSchema:
        """The schema that documents are checked against."""
        return self._documents.schema

    async def complete(self, request: OperationRequest) -> OperationRequest:
        """Return the request with the text of the document that it names. Raises PublicError."""
        if request.document_id is not None:
            return replace(request, query=self._by_id(request.document_id, request.query))
        if request.persisted_hash is not None:
            return replace(request, query=await self._by_hash(request.persisted_hash, request.query))
        return request

    async def keep(self, request: OperationRequest, digest: str) -> None:
        """Keep the text that a request brought with its hash; it has passed every check, and `digest` is its own."""
        if self._mode == "automatic" and request.persisted_hash is not None and request.query is not None:
            await self._automatic.keep(digest, request.query)

    def find(self, id_or_name: str) -> RegisteredDocument:
        """Return a registered document, and note its use. Raises DocumentNotFound, or Unavailable before the load."""
        found = self.registered.by_id(id_or_name) or self.registered.by_name(id_or_name)
        if found is None:
            self._expect_loaded()
            raise DocumentNotFound(f"No document is registered as '{_shown(id_or_name)}'")
        return self._note(found)

    def check(self, document: RegisteredDocument) -> CheckedDocument:
        """Check a registered document. Raises Refusal where it fits the schema no more."""
        return self._documents.check(document.text)

    def operation(self, document: RegisteredDocument) -> OperationDefinitionNode:
        """Return its only operation. Raises Refusal as `check` does."""
        return choose_operation(self.check(document), None)

    def _by_id(self, document_id: str, query: str | None) -> str:
        found = self.registered.by_id(document_id)
        if found is None:
            self._expect_loaded()
            raise DocumentNotFound(f"No document is registered under the id '{_shown(document_id)}'")
        if query is not None and query != found.text:
            raise BadRequest("The request has an id and a query, which are two documents; send one of them")
        return self._note(found).text

    async def _by_hash(self, name: str, query: str | None) -> str:
        digest = name.removeprefix("sha256:").lower()
        found = self.registered.by_id(name) or self.registered.by_id(digest)
        if found is None and _SHA256.fullmatch(digest):
            found = self.registered.by_digest(bytes.fromhex(digest))
        if found is not None and query in (None, found.text):
            return self._note(found).text
        if self._mode == "open":
            if query is None:
                raise PersistedQueryNotSupported("PersistedQueryNotSupported")
            return query
        if query is not None:
            if hashlib.sha256(query.encode(errors="surrogatepass")).hexdigest() != digest:
                raise PersistedQueryMismatch("'sha256Hash' is not the SHA-256 of 'query', as UTF-8 and in hexadecimal")
            return query
        return await self._recall(digest)

    async def _recall(self, digest: str) -> str:
        if self._mode == "trusted":
            self._expect_loaded()
            raise DocumentNotTrusted(
                "Only registered documents run here, and none has this hash; have the operator register it"
            )
        text = None
        if _SHA256.fullmatch(digest):
            text = self._documents.recall(bytes.fromhex(digest)) or await self._automatic.find(digest)
        if text is None:
            raise PersistedQueryNotFound("PersistedQueryNotFound")
        return text

    def _expect_loaded(self) -> None:
        if not self.registered.loaded:
            raise Unavailable("The registered documents could not be read yet")

    def _note(self, document: RegisteredDocument) -> RegisteredDocument:
        self.registered.note(document)
        return document


def _shown(name: str) -> str:
    return name if len(name) <= 80 else name[:79] + "…"  # noqa: PLR2004 - a SHA-256 with its prefix is shown whole
