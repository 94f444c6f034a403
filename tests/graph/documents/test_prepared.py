"""What is worked out once for an operation is what would be worked out for each of its requests."""

import pytest
from graphql import OperationDefinitionNode, build_schema, get_variable_values, parse

from graph.documents.admission import Documents
from graph.documents.prepared import PreparedOperation
from graph.documents.refusal import Refusal
from graph.documents.request import OperationRequest
from ops.settings import Limits
from tests.graph.documents.market import documents

SCHEMA = build_schema("""
    enum Color { RED GREEN }
    input Box { x: Int! }
    scalar Anything
    type Query {
        f(n: Float, id: ID, box: Box, any: Anything, color: Color): Int
    }
""")
TYPES = (
    "String",
    "Int!",
    "Float = 1.5",
    "Boolean",
    "ID!",
    "Color = RED",
    "[String!]",
    "[Int]! = [1]",
    "Box",
    "Anything",
)
VALUES: tuple[object, ...] = (
    "x",
    3,
    2**31,
    1.5,
    True,
    None,
    "RED",
    "BLUE",
    [],
    ["a"],
    ["a", None],
    [1],
    [[1]],
    {"x": 1},
    {},
    ["a"] * 300,
)
SIZES: tuple[dict[str, object], ...] = (
    {},
    {"ids": ["a"]},
    {"ids": ["b"]},
    {"ids": ["a", "b", "c"]},
    {"ids": ["a"] * 251},
)
MISSING = object()


@pytest.mark.parametrize("declared", TYPES)
@pytest.mark.parametrize("value", [*VALUES, MISSING], ids=lambda value: repr(value)[:20])
def test_plain_variables_are_coerced_as_graphql_core_does(declared: str, value: object) -> None:
    """Equal values and sources, or left to graphql-core; what that refuses is always left to it."""
    raw = {} if value is MISSING else {"v": value}
    operation = parse(f"query ($v: {declared}) {{ f }}").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    found = PreparedOperation(SCHEMA, operation, Limits().list_items).coerce(raw)
    expected = get_variable_values(SCHEMA, operation.variable_definitions or (), raw)
    if isinstance(expected, list):
        assert found is None
    elif found is not None:
        assert (found.coerced, list(found.sources)) == (expected.coerced, list(expected.sources))
        assert [one.value for one in found.sources.values()] == [one.value for one in expected.sources.values()]
        assert [str(one.signature.type) for one in found.sources.values()] == [
            str(one.signature.type) for one in expected.sources.values()
        ]


@pytest.mark.parametrize(
    ("declared", "value"),
    [("String", "x"), ("Int!", 3), ("Float", 1), ("Boolean", False), ("ID", "7"), ("Color!", "RED"), ("[ID!]!", ["1"])],
)
def test_what_most_requests_send_is_plain(declared: str, value: object) -> None:
    """The short way is taken, or it would be none."""
    operation = parse(f"query ($v: {declared}) {{ f }}").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert PreparedOperation(SCHEMA, operation, 250).coerce({"v": value}) is not None


def _cost(admitting: Documents, variables: dict[str, object]) -> int | str:
    text = """query ($first: Int, $ids: [ID!]! = [], $deep: Boolean! = true, $text: String! = "x") {
        search(text: $text) { id } stocks(first: $first) { nodes { id mentions @include(if: $deep) { nodes { id } } } }
        nodes(ids: $ids) { id }
    }"""
    try:
        return admitting.admit(OperationRequest(text, None, variables), allow_mutations=False).cost
    except Refusal as refused:
        return str(refused)


def test_a_remembered_cost_is_that_of_its_own_variables() -> None:
    """Sizes, lists and conditions decide it, texts do not; in any order it is what a first request would be told."""
    asked: list[dict[str, object]] = [
        {"first": first, "deep": deep, "text": text} | ids
        for deep in (True, False)
        for first in (1, 7, 100, None)
        for ids in SIZES
        for text in ("x", "y")
    ]
    remembering = documents()
    found = [_cost(remembering, variables) for variables in asked * 2]
    assert found == [_cost(documents(), variables) for variables in asked] * 2
    assert len(set(found)) > 10


def test_an_operation_without_variables_is_admitted_once() -> None:
    """Its second request gets the very same operation, whatever variables it sends."""
    admitting = documents()
    first = admitting.admit(OperationRequest("{ __typename }"), allow_mutations=False)
    assert admitting.admit(OperationRequest("{ __typename }", None, {"unknown": 1}), allow_mutations=False) is first


def test_what_costs_too_much_is_refused_each_time() -> None:
    """A refusal is never taken for a cost."""
    admitting = documents(Limits(cost=50))
    variables: dict[str, object] = {"first": 100}
    first = _cost(admitting, variables)
    assert "at most 50 is allowed" in str(first)
    assert _cost(admitting, variables) == first
    assert _cost(admitting, {"first": 1}) == _cost(documents(), {"first": 1})
