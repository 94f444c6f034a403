"""What is looked at before a document is registered: everything that admission would look at, and how it would run."""

from dataclasses import dataclass

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode

from graph.compiled import Plans
from graph.documents.admission import Documents
from graph.documents.cost_range import cost_range
from graph.documents.cost_table import compile_costs
from graph.documents.operation import CheckedDocument
from graph.documents.refusal import Refusal
from ops.settings import Limits

COMPILED = "compiled"


@dataclass(frozen=True, slots=True)
class Examined:
    """A document that may run.

    `least` is its cost with every size at 1, `cost` without variables; `run_by` is `compiled`, or why graphql-core has
    to run it.
    """

    operation: str
    kind: str
    least: int
    cost: int
    run_by: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A document that could never run: each reason with its code and where it lies in the text."""

    reasons: tuple[str, ...]


class Examiner:
    """Examines documents against one schema, as an API without introspection would."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._documents = Documents(schema, limits, introspection=False, suggestions=True)
        self._costs = compile_costs(schema)
        self._plans = Plans(schema, most=1)

    def examine(self, text: str) -> Examined | Rejected:
        """Check a document with one operation."""
        try:
            document = self._documents.check(text)
        except Refusal as refused:
            return Rejected(tuple(_told(error) for error in refused.errors))
        if len(document.operations) != 1:
            return Rejected((_not_one(document),))
        ((name, operation),) = document.operations.items()
        if name is None:
            return Rejected(("OPERATION_NOT_FOUND: the operation has no name; give it one, as in 'query Name { … }'",))
        least, cost = cost_range(self._schema, document, operation, self._costs, self._limits)
        if least > self._limits.cost:
            told = f"TOO_COSTLY: it costs {least:,} with every size at 1; at most {self._limits.cost:,} is allowed"
            return Rejected((told,))
        return Examined(name, operation.operation.value, least, cost, self._run_by(document, operation))

    def _run_by(self, document: CheckedDocument, operation: OperationDefinitionNode) -> str:
        found = self._plans.explain(operation, document.fragments, {})
        return found if isinstance(found, str) else COMPILED


def _not_one(document: CheckedDocument) -> str:
    names = ", ".join(f"'{name}'" for name in document.operations if name) or "none"
    return (
        f"OPERATION_NOT_FOUND: one operation is expected, and there are {len(document.operations)} ({names}); "
        "register each as a document of its own"
    )


def _told(error: GraphQLError) -> str:
    code = (error.extensions or {}).get("code", "")
    place = f" (line {error.locations[0].line}, column {error.locations[0].column})" if error.locations else ""
    return f"{code}: {error.message}{place}"
