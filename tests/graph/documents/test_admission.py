"""Admission: every gate from a request to an operation that may run, and what each refusal says."""

from typing import Any

import pytest
from graphql import OperationType

from graph.documents.admission import Documents
from graph.documents.refusal import Refusal
from graph.documents.request import OperationRequest
from ops.settings import Limits
from tests.graph.documents.market import documents, refused

TWO = "query A { __typename } query B { stocks { __typename } }"


def refusal(admits: Documents, query: str | None, *, allow_mutations: bool = True, **members: Any) -> Refusal:
    """Return how a request is refused."""
    with pytest.raises(Refusal) as caught:
        admits.admit(OperationRequest(query, **members), allow_mutations=allow_mutations)
    return caught.value


def codes(found: Refusal) -> list[str]:
    """Return the codes of a refusal."""
    return [(error.extensions or {})["code"] for error in found.errors]


def test_an_admitted_operation_holds_what_execution_needs() -> None:
    """Document, operation, fragments, the variables that it declares, raw and coerced, and the cost come with it."""
    query = "query Q($n: Int = 2) { stocks(first: $n) { ...F } } fragment F on StockConnection { nodes { id } }"
    admitted = documents().admit(OperationRequest(query, variables={"extra": 1}), allow_mutations=False)
    assert (admitted.kind, admitted.name, admitted.cost) == (OperationType.QUERY, "Q", 3)
    assert (admitted.raw_variables, admitted.variables) == ({}, {"n": 2})
    assert list(admitted.fragments) == ["F"]


@pytest.mark.parametrize(("name", "kind"), [("A", 0), ("B", 1)])
def test_the_operation_is_chosen_by_name(name: str, kind: int) -> None:
    """Of several operations the named one is admitted."""
    admitted = documents().admit(OperationRequest(TWO, name), allow_mutations=False)
    assert (admitted.name, admitted.cost) == (name, kind)


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        (TWO, None, "The document has 2 operations; name one in 'operationName': 'A', 'B'"),
        (TWO, "C", "The document has no operation 'C'; it has 'A', 'B'"),
        ("{ __typename }", "A", "The document has no operation 'A'; its operation has no name"),
    ],
)
def test_an_operation_that_cannot_be_chosen(query: str, name: str | None, message: str) -> None:
    """Two operations and no name is an error, not a guess; a wrong name lists the right ones."""
    found = refusal(documents(), query, operation_name=name)
    assert (codes(found), found.errors[0].message, found.status) == (["OPERATION_NOT_FOUND"], message, 400)


def test_mutations_need_leave() -> None:
    """A mutation is refused where the transport may not carry it; a subscription is flagged by its kind."""
    mutation = 'mutation { watch(symbol: "A") }'
    found = refusal(documents(), mutation, allow_mutations=False)
    assert (codes(found), found.status) == (["METHOD_NOT_ALLOWED"], 405)
    assert documents().admit(OperationRequest(mutation), allow_mutations=True).kind is OperationType.MUTATION
    subscription = documents().admit(OperationRequest("subscription { ticks }"), allow_mutations=False)
    assert subscription.kind is OperationType.SUBSCRIPTION


def test_nothing_at_all() -> None:
    """A request without a document says so."""
    found = refusal(documents(), None)
    assert (codes(found), found.status) == (["BAD_REQUEST"], 400)


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { types { name } } }",
        '{ hidden: __type(name: "Stock") { name } }',
        "{ ...F } fragment F on Query { ... { __schema { types { name } } } }",
        "query A { __typename } query B { __schema { types { name } } }",
    ],
)
def test_introspection_is_refused_where_it_is_off(query: str) -> None:
    """Neither an alias, nor a fragment, nor another operation hides it; `__typename` stays allowed."""
    found = refusal(documents(introspection=False), query, operation_name="A" if "query A" in query else None)
    assert (codes(found), found.status) == (["INTROSPECTION_DISABLED"], 400)
    assert found.errors[0].locations
    allowed = documents(introspection=False).admit(OperationRequest("{ __typename }"), allow_mutations=False)
    assert allowed.kind is OperationType.QUERY


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ stoks { __typename } }", {}),
        ("{ stocks(frist: 1) { __typename } }", {}),
        ("{ stocks(filter: {mood: GOOOD}) { __typename } }", {}),
        ("{ stocks(filter: {simbols: []}) { __typename } }", {}),
        ("query ($f: StockFiltre) { stocks(filter: $f) { __typename } }", {}),
        ("query ($f: StockFilter) { stocks(filter: $f) { __typename } }", {"f": {"mood": "GOOOD"}}),
        ("query ($f: StockFilter) { stocks(filter: $f) { __typename } }", {"f": {"simbols": []}}),
    ],
)
def test_suggestions_are_a_setting(query: str, variables: dict[str, object]) -> None:
    """Outside development no error offers a name of the schema; in development it does."""
    quiet = refusal(documents(suggestions=False), query, variables=variables)
    helpful = refusal(documents(suggestions=True), query, variables=variables)
    assert codes(quiet) == codes(helpful)
    assert not any("Did you mean" in error.message for error in quiet.errors)
    assert any("Did you mean" in error.message for error in helpful.errors)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "Variable '$n' has invalid value: Expected a value of non-null type 'Int!' to be provided."),
        ({"n": "7"}, "Variable '$n' has invalid value: Int cannot represent non-integer value: '7'"),
        ({"n": 2**40}, "Variable '$n' has invalid value: Int cannot represent non 32-bit signed integer value"),
        ({"n": None}, "Variable '$n' has invalid value: Expected value of non-null type 'Int!' not to be None."),
        ({"n": 1, "f": {"symbols": ["A", None]}}, "Variable '$f' has invalid value at .symbols[1]: "),
        ({"n": 1, "f": {"mood": "good"}}, "Variable '$f' has invalid value at .mood: "),
        ({"n": 1, "f": {"x": 1}}, "Variable '$f' has invalid value: "),
        ({"n": 1, "f": []}, "Variable '$f' has invalid value: "),
    ],
)
def test_wrong_variables_are_named(variables: dict[str, object], message: str) -> None:
    """Which variable, where in it, and what its type wants."""
    query = "query ($n: Int!, $f: StockFilter) { stocks(first: $n, filter: $f) { nodes { id } } }"
    [(code, found)] = refused(query, variables)
    assert code == "BAD_VARIABLES"
    assert found.startswith(message), found


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "PARSE_FAILED"),
        ("{", "PARSE_FAILED"),
        ("{ a }\x00", "PARSE_FAILED"),
        ('{ search(text: "\ud800") { id } }', "PARSE_FAILED"),
        ("{ nope }", "VALIDATION_FAILED"),
        ("type A { a: Int }", "VALIDATION_FAILED"),
        ("fragment F on Query { __typename }", "VALIDATION_FAILED"),
        ("{ stocks(first: 2147483648) { nodes { id } } }", "VALIDATION_FAILED"),
        ("{ stocks(first: " + "9" * 10_000 + ") { nodes { id } } }", "BAD_ARGUMENT"),
    ],
)
def test_wrong_documents_are_coded(query: str, code: str) -> None:
    """Each kind of wrong document has its code, and no message speaks of Python."""
    [(found, message)] = refused(query)
    assert found == code
    assert "sys." not in message


def test_every_error_has_a_place() -> None:
    """Errors of documents and variables say line and column."""
    found = refusal(documents(), "{\n  nope\n  nope2\n}")
    assert [(place.line, place.column) for error in found.errors for place in error.locations or ()] == [(2, 3), (3, 3)]


def test_many_errors_are_cut() -> None:
    """Of a thousand errors twenty are told, and that there are more; none is longer than 500 characters."""
    query = "{ stocks { " + " ".join(f"x{i}" for i in range(900)) + " } }"
    assert len(refused(query)) == 21
    assert (
        len(
            refused(
                "query ($f: StockFilter) { stocks(filter: $f) { __typename } }", {"f": {str(i): i for i in range(200)}}
            )
        )
        == 21
    )
    [(_, message)] = refused("{ " + "x" * 90_000 + " }")
    assert len(message) == 500


def test_the_byte_limit_of_a_document_is_a_setting() -> None:
    """A document beyond the setting is refused before it is parsed."""
    limits = Limits(document_bytes=256)
    assert refused("{ __typename }" + " " * 300, limits=limits) == [
        ("DOCUMENT_TOO_LARGE", "The document has 314 bytes; at most 256 are allowed")
    ]
