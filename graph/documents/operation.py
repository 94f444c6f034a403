"""The operation of a document: checked, chosen by name, admitted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, OperationType
from graphql.execution.values import VariableValues
from msgspec import Struct

from graph.documents.prepared import PreparedOperation
from graph.documents.refusal import refuse
from ops.errors import OperationNotFound


class AdmittedOperation(Struct, frozen=True):
    """What execution needs; nothing of it is checked again.

    `digest` is the SHA-256 of the document's text in hex, `variable_values` graphql-core's coerced variables with
    their sources, and `cost` the static cost. Each request makes
    one, and a Struct takes a tenth of a frozen dataclass's time.
    """

    document: DocumentNode
    digest: str
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    raw_variables: dict[str, Any]
    variable_values: VariableValues
    cost: int
    kind: OperationType
    kind_name: str
    name: str | None

    @property
    def variables(self) -> dict[str, Any]:
        """Coerced variables by name."""
        return self.variable_values.coerced


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """A document that passed every check that needs no variables; `prepared` holds its operations asked so far."""

    node: DocumentNode
    text: str
    digest: str
    operations: dict[str | None, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    prepared: dict[str | None, PreparedOperation] = field(default_factory=dict, compare=False)


def choose_operation(document: CheckedDocument, name: str | None) -> OperationDefinitionNode:
    """Return the operation of that name, or the only one. Raises Refusal (OPERATION_NOT_FOUND)."""
    operations = document.operations
    if name is None and len(operations) == 1:
        return next(iter(operations.values()))
    if name is not None and name in operations:
        return operations[name]
    names = ", ".join(f"'{known}'" for known in operations if known is not None)
    if not operations:
        raise refuse(OperationNotFound("The document has no operation"))
    if name is None:
        raise refuse(
            OperationNotFound(f"The document has {len(operations)} operations; name one in 'operationName': {names}")
        )
    offered = f"it has {names}" if names else "its operation has no name"
    raise refuse(OperationNotFound(f"The document has no operation '{name}'; {offered}"))
