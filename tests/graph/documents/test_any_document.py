"""Whatever text and variables come: an operation, or a refusal whose every error is coded and bounded."""

from contextlib import suppress

from graphql import execute_sync
from hypothesis import given
from hypothesis import strategies as st

from graph.documents.admission import AdmittedOperation, Documents
from graph.documents.refusal import Refusal
from graph.documents.request import OperationRequest
from ops.settings import Limits
from tests.catalogue import catalogue
from tests.graph.documents.market import GRAPH, documents

CODES = {error.code for error in catalogue()}
VOCABULARY = (
    "query mutation subscription fragment on Query Stock Node F G A B $a $f : ! = Int StockFilter ( ) { } [ ] ... @skip"
    ' @include if true null 1 -7 2.5e3 "x" """x""" GOOD stocks nodes node ids id search text first last filter symbols'
    " mentions __typename __schema __type name types # , \\ \x00 é"
)
SOUP = st.lists(st.sampled_from(VOCABULARY.split()), max_size=40).map(" ".join)
SHAPES = st.sampled_from(
    [
        "query Q($a: Int, $f: StockFilter) { stocks(first: $a, filter: $f) { nodes { id } } %s }",
        "{ ...F %s } fragment F on Query { node(id: 1) { ...G %s } } fragment G on Node { id %s }",
        "{ nodes(ids: [%s]) { id } } ",
        "{ search(text: %s) { id } }",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["symbols", "mood", "anyOf", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
ADMITS = documents(Limits(list_items=2, aliases=2, fields=12, depth=4))


def check(admits: Documents, request: OperationRequest) -> AdmittedOperation | None:
    """Admit, or check the refusal."""
    refusal: Refusal
    try:
        return admits.admit(request, allow_mutations=True)
    except Refusal as caught:
        refusal = caught
    assert 1 <= len(refusal.errors) <= 21
    assert refusal.status in (200, 400, 405)
    for error in refusal.errors:
        assert (error.extensions or {})["code"] in CODES
        assert 0 < len(error.message) <= 500
    return None


@given(SOUP | st.text(max_size=60), st.none() | st.text(max_size=3))
def test_any_text(text: str, name: str | None) -> None:
    """Text alone."""
    check(ADMITS, OperationRequest(text, name))


@given(SHAPES, SOUP, st.dictionaries(st.sampled_from(["a", "f", "x"]), VALUES))
def test_any_filling_and_variables(shape: str, filling: str, variables: dict[str, object]) -> None:
    """Documents that are nearly right, with any variables; what is admitted can be coerced and run."""
    text = shape.replace("%s", filling)
    admitted = check(ADMITS, OperationRequest(text, variables=variables))
    if admitted is not None and admitted.kind.value != "subscription":
        answer = execute_sync(GRAPH, admitted.document, variable_values=variables, operation_name=admitted.name)
        assert isinstance(answer.data, dict) or answer.errors


@given(st.sampled_from(["a", "f"]), VALUES)
def test_any_variable(name: str, value: object) -> None:
    """One variable of any JSON type, against an integer and an input object."""
    query = "query ($a: Int, $f: StockFilter) { stocks(first: $a, filter: $f) { nodes { id } } }"
    with suppress(Refusal):
        admitted = ADMITS.admit(OperationRequest(query, variables={name: value}), allow_mutations=False)
        assert admitted.raw_variables == {name: value}
    check(ADMITS, OperationRequest(query, variables={name: value}))
