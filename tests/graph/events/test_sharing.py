"""Who shares an execution: exactly those whose answers would be the same."""

from typing import Any

import pytest

from graph.documents.admission import Documents
from graph.documents.operation import AdmittedOperation
from graph.documents.request import OperationRequest
from graph.events.sharing import resumes, sharing_key
from graph.schema import build_schema
from ops.settings import Settings

DOCUMENTS = Documents(build_schema(Settings())._schema, Settings().limits, introspection=True, suggestions=True)
FOLLOW = (
    "subscription ($symbols: [String!]!, $after: String) { mentionAdded(symbols: $symbols, after: $after) { cursor } }"
)
NESTED = """subscription ($symbols: [String!]!, $after: String) {
  quoteUpdated(symbols: $symbols, after: $after) { stock { mentions(first: 1, after: $after) { nodes { text } } } } }"""
LITERAL = 'subscription { mentionAdded(symbols: ["AAPL"], after: "x") { cursor } }'
IN_FRAGMENT = """subscription ($after: String) { ...F }
fragment F on Subscription { mentionAdded(symbols: ["AAPL"], after: $after) { cursor } }"""


def admit(document: str, **variables: Any) -> AdmittedOperation:
    """Admit an operation."""
    return DOCUMENTS.admit(OperationRequest(document, None, variables, {}), allow_mutations=False)


@pytest.mark.parametrize(
    ("document", "one", "other", "shared"),
    [
        (FOLLOW, {"symbols": ["AAPL"]}, {"symbols": ["AAPL"]}, True),
        (FOLLOW, {"symbols": ["AAPL"]}, {"symbols": ["AAPL"], "after": "x"}, True),
        (FOLLOW, {"symbols": ["AAPL"], "after": None}, {"symbols": ["AAPL"], "after": "x"}, True),
        (FOLLOW, {"symbols": "AAPL"}, {"symbols": ["AAPL"]}, True),
        (FOLLOW, {"symbols": ["AAPL"]}, {"symbols": ["AAPL"], "undeclared": "x" * 1_000}, True),
        (FOLLOW, {"symbols": ["AAPL"]}, {"symbols": ["MSFT"]}, False),
        (NESTED, {"symbols": ["AAPL"]}, {"symbols": ["AAPL"], "after": "x"}, False),
    ],
)
def test_equal_questions_have_equal_keys(document: str, one: Any, other: Any, *, shared: bool) -> None:
    """Where to resume makes no difference, unless the same variable is also used elsewhere."""
    assert (sharing_key(admit(document, **one)) == sharing_key(admit(document, **other))) is shared


def test_other_documents_have_other_keys() -> None:
    """Even where they mean the same: what is compared is the text."""
    assert sharing_key(admit(FOLLOW, symbols=["AAPL"])) != sharing_key(admit(FOLLOW + " ", symbols=["AAPL"]))


@pytest.mark.parametrize(
    ("document", "variables", "answer"),
    [
        (FOLLOW, {"symbols": ["AAPL"]}, False),
        (FOLLOW, {"symbols": ["AAPL"], "after": None}, False),
        (FOLLOW, {"symbols": ["AAPL"], "after": "x"}, True),
        (LITERAL, {}, True),
        (LITERAL.replace('"x"', "null"), {}, False),
        (IN_FRAGMENT, {}, True),
        (FOLLOW.replace("$after: String", '$after: String = "x"'), {"symbols": ["AAPL"]}, True),
    ],
)
def test_who_resumes_is_checked_alone(document: str, variables: dict[str, Any], *, answer: bool) -> None:
    """A cursor by variable, as a literal, as a default, or out of sight in a fragment."""
    assert resumes(admit(document, **variables)) is answer
