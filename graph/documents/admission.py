"""Admission: a request becomes an operation that may run, or a refusal that says why not.

Per document, once: size, parsing, shape, introspection, list literals, validation. Per request: the operation by name,
its kind, its variables, its cost. Documents that passed and documents that failed are remembered apart, so that no
flood of bad ones evicts the good.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_variable_values,
)
from graphql.execution.values import VariableValues

from graph.documents.cost_limit import check_cost
from graph.documents.cost_table import compile_costs
from graph.documents.lengths import check_literals, check_variables
from graph.documents.limits import check_shape
from graph.documents.operation import AdmittedOperation, CheckedDocument, choose_operation
from graph.documents.parsing import check_size, parse_document
from graph.documents.prepared import PreparedOperation
from graph.documents.refusal import MOST_ERRORS, Refusal, coded, refuse, refuse_all
from graph.documents.registered import Registered, RegisteredDocument
from graph.documents.remembered import Remembered
from graph.documents.request import OperationRequest
from graph.documents.validation import check_against_schema, check_introspection
from ops.errors import (
    BadRequest,
    BadVariables,
    MethodNotAllowed,
    Unavailable,
)
from ops.operation_record import Phase, phase
from ops.persisted_errors import DocumentNotTrusted
from ops.settings import Limits

__all__ = ["AdmittedOperation", "Documents"]

_REMEMBERED_DOCUMENTS = 1_000
_REMEMBERED_BYTES = 8 * 2**20  # some 300 documents of a page each; a full collection walks them all, at 4 ms a MiB
_REMEMBERED_REFUSALS = 1_000
_REMEMBERED_REFUSAL_BYTES = 4 * 2**20
_REGISTERED_DOCUMENTS = 2_000
_REGISTERED_BYTES = 32 * 2**20
_BYTES_PER_TOKEN = 400  # of graphql-core's tree: 230 to 490, measured by tracemalloc


class Documents:
    """Admits operations against one schema. `introspection` and `suggestions` are on in development only.

    Registered documents are remembered apart, where no flood of others reaches them; `trusted` admits only them.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits,
        *,
        introspection: bool,
        suggestions: bool,
        registered: Registered | None = None,
        trusted: bool = False,
    ) -> None:
        self._registered = registered or Registered()
        self.trusted = trusted
        self.schema = schema
        self._limits = limits
        self._introspection = introspection
        self._suggestions = suggestions
        self._costs = compile_costs(schema)
        self._good: Remembered[CheckedDocument] = Remembered(entries=_REMEMBERED_DOCUMENTS, size=_REMEMBERED_BYTES)
        self._kept: Remembered[CheckedDocument] = Remembered(entries=_REGISTERED_DOCUMENTS, size=_REGISTERED_BYTES)
        self._bad: Remembered[Refusal] = Remembered(entries=_REMEMBERED_REFUSALS, size=_REMEMBERED_REFUSAL_BYTES)
        self.hits = 0
        self.misses = 0

    def admit(
        self, request: OperationRequest, *, allow_mutations: bool, phases: list[Phase] | None = None
    ) -> AdmittedOperation:
        """Admit one operation; `allow_mutations` is false for GET. Raises Refusal."""
        document = self.check(_text(request), asked=True, phases=phases)
        operation = choose_operation(document, request.operation_name)
        if operation.operation is OperationType.MUTATION and not allow_mutations:
            raise refuse(MethodNotAllowed("A mutation must be sent by POST"), operation)
        prepared = document.prepared.get(request.operation_name)
        if prepared is None:
            prepared = PreparedOperation(self.schema, operation, self._limits.list_items)
            document.prepared[request.operation_name] = prepared
        if prepared.unvaried is not None:
            unvaried: AdmittedOperation = prepared.unvaried
            return unvaried
        admitted = self._admit(document, operation, prepared, request.variables)
        if not prepared.names:
            prepared.unvaried = admitted
        return admitted

    def _admit(
        self,
        document: CheckedDocument,
        operation: OperationDefinitionNode,
        prepared: PreparedOperation,
        sent: dict[str, Any],
    ) -> AdmittedOperation:
        # What is not declared is not kept: a subscription lasts, and a request may hold a megabyte.
        variables = {name: value for name, value in sent.items() if name in prepared.names}
        variable_values = prepared.coerce(variables) or self._coerce(document.node, operation, variables)

        def find(coerced: Mapping[str, Any]) -> int:
            return check_cost(self.schema, document, operation, coerced, self._costs, self._limits)

        cost = prepared.cost(variable_values.coerced, find)
        return AdmittedOperation(
            document.node,
            document.digest,
            operation,
            document.fragments,
            variables,
            variable_values,
            cost,
            prepared.kind,
            prepared.kind_name,
            prepared.name,
        )

    def check(self, text: str, *, asked: bool = False, phases: list[Phase] | None = None) -> CheckedDocument:
        """Check a document as far as that needs no variables, or remember how it was checked. Raises Refusal.

        `asked` is true where a client asks for it, which in trusted mode is a use of the registered document. A
        document that was not checked before adds to `phases`.
        """
        raw = text.encode(errors="surrogatepass")
        check_size(raw, self._limits)
        digest = hashlib.sha256(raw).digest()
        known = self._registered.by_digest(digest)
        if self.trusted:
            self._expect_registered(known, asked=asked)
        memory = self._good if known is None else self._kept
        found = memory.get(digest)
        if found is not None:
            self.hits += asked
            if asked and known is None:
                self._note(found, len(raw))
            return found
        refused = self._bad.get(digest)
        if refused is not None:
            self.hits += asked
            raise Refusal(refused.errors, refused.status)
        self.misses += asked
        try:
            document = self._examine(text, digest.hex(), phases if phases is not None else [])
        except Refusal as refusal:
            size = sum(len(error.message) + 1_000 for error in refusal.errors)
            self._bad.put(digest, Refusal(refusal.errors, refusal.status), size)
            raise
        tokens: int = getattr(document.node, "token_count", 0)
        memory.put(digest, document, len(raw) + tokens * _BYTES_PER_TOKEN)
        if asked and known is None:
            self._note(document, len(raw))
        return document

    def entries(self) -> dict[str, int]:
        """Count the documents that are remembered: good ones, registered ones, and refused ones."""
        return {"good": len(self._good), "registered": len(self._kept), "refused": len(self._bad)}

    def recall(self, digest: bytes) -> str | None:
        """Return the text of a document that passed every check lately, by its SHA-256."""
        found = self._good.get(digest)
        return found.text if found else None

    def _note(self, document: CheckedDocument, size: int) -> None:
        self._registered.unregistered.note(document.digest, next(iter(document.operations)), size)

    def _expect_registered(self, known: RegisteredDocument | None, *, asked: bool) -> None:
        if known is not None:
            if asked:
                self._registered.note(known)
        elif self._registered.loaded:
            raise refuse(
                DocumentNotTrusted(
                    "Only registered documents run here, and this one is not; have the operator register it"
                )
            )
        else:
            raise refuse(Unavailable("The registered documents could not be read yet"))

    def _examine(self, text: str, digest: str, phases: list[Phase]) -> CheckedDocument:
        with phase("parse", phases):
            document = parse_document(text, self._limits)
        with phase("validate", phases):
            check_shape(document, self._limits)
            if not self._introspection:
                check_introspection(document)
            check_literals(document, self._limits)
            check_against_schema(self.schema, document, suggestions=self._suggestions)
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        return CheckedDocument(
            node=document,
            text=text,
            digest=digest,
            operations={node.name.value if node.name else None: node for node in operations},
            fragments={node.name.value: node for node in fragments},
        )

    def _coerce(
        self, document: DocumentNode, operation: OperationDefinitionNode, raw: dict[str, Any]
    ) -> VariableValues:
        check_variables(self.schema, document, operation, raw, self._limits)
        values = get_variable_values(
            self.schema,
            operation.variable_definitions or (),
            raw,
            max_errors=MOST_ERRORS,
            hide_suggestions=not self._suggestions,
        )
        if isinstance(values, list):
            raise refuse_all([coded(error, BadVariables(error.message)) for error in values], BadVariables.status)
        return values


def _text(request: OperationRequest) -> str:
    if request.query is not None:
        return request.query
    raise refuse(
        BadRequest("The request has no document: send it as the string member 'query', or its id as 'documentId'")
    )
