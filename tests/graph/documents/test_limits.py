"""The shape of documents: counts, limits, and documents made to explode."""

from collections.abc import Iterator

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_introspection_query,
    parse,
)
from hypothesis import given
from hypothesis import strategies as st

from graph.documents.limits import INTROSPECTION_FIELDS, Shape, measure
from ops.settings import Limits
from tests.graph.documents.market import admit, refused


def shape(text: str) -> Shape:
    """Measure the first operation of a document."""
    return next(iter(measure(parse(text))))[1]


def codes(text: str, limits: Limits | None = None) -> set[str]:
    """Return the codes with which a document is refused."""
    return {code for code, _ in refused(text, limits=limits)}


def doubling(times: int, inner: str) -> str:
    """Spread each fragment twice in the one before it: 2^times copies of `inner`."""
    chain = "".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(times))
    return f"{{ ...F0 }}{chain}fragment F{times} on Query {{ {inner} }}"


def test_counts_of_a_plain_query() -> None:
    """Each count means what docs/limits.md says, inline fragments, variables and spreads included."""
    found = shape(
        "query Q($a: Int @x) @y { a: stocks { ... @z { nodes { id } } ...F } b }"
        "fragment F on StockConnection @w { c: edges @u { cursor } }"
    )
    assert found == Shape(depth=3, introspection_depth=0, fields=6, aliases=2, directives=5, root_fields=2)


def test_introspection_is_measured_apart() -> None:
    """Depth starts anew below `__schema`, also through a fragment, and does not count as data depth."""
    text = "{ stocks { nodes { id } } ...F } fragment F on Query { __schema { types { ...T } } }"
    found = shape(f"{text} fragment T on __Type {{ ofType {{ ofType {{ name }} }} }}")
    assert (found.depth, found.introspection_depth) == (3, 5)


@pytest.mark.parametrize("descriptions", [True, False])
def test_graphiql_introspection_passes(*, descriptions: bool) -> None:
    """The deepest query that GraphiQL sends fits the default limits and costs nothing."""
    query = get_introspection_query(descriptions, True, True, True, True, True)  # noqa: FBT003 - every option on
    assert shape(query).introspection_depth == 15
    assert admit(query).cost == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{" + "stocks{nodes{mentions{nodes{stock{mentions{nodes{stock{" * 2 + "id" + "}" * 17, "TOO_DEEP"),
        ("{" + " ".join(f"a{i}: node(id: 1) {{ id }}" for i in range(31)) + "}", "TOO_MANY_ALIASES"),
        ("{" + "node(id: 1) { id } " * 21 + "}", "TOO_MANY_ROOT_FIELDS"),
        ("{ node(id: 1) { " + "id @include(if: true) " * 51 + "} }", "TOO_MANY_DIRECTIVES"),
        ("{ node(id: 1) { " + "id " * 1_000 + "} }", "TOO_MANY_FIELDS"),
        ("{ __schema { types { " + "ofType { " * 20 + "name" + "} " * 20 + "} } }", "TOO_DEEP"),
    ],
)
def test_each_limit_has_its_code(text: str, code: str) -> None:
    """A document just past a default limit is refused under that limit's code."""
    assert code in codes(text)


def test_the_message_names_count_and_limit() -> None:
    """A client learns how far it is over the limit, for every limit at once."""
    messages = [
        message for _, message in refused("{ a: __typename b: __typename }", limits=Limits(aliases=1, fields=1))
    ]
    assert messages == [
        "The operation has 2 fields; at most 1 are allowed",
        "The operation has 2 aliases; at most 1 are allowed",
    ]


@pytest.mark.parametrize("times", [20, 40, 98])
def test_doubling_fragments_are_counted_not_expanded(times: int) -> None:
    """Fragments that double to 2^20, 2^40 and 2^98 fields are refused by counting each once."""
    assert "TOO_MANY_FIELDS" in codes(doubling(times, "a: __typename"))


def test_a_small_doubling_is_counted_exactly() -> None:
    """Memoised fragments give the expanded count."""
    assert shape(doubling(5, "a: __typename @skip(if: false)")) == Shape(1, 0, 32, 32, 32, 32)


def test_cyclic_fragments_end() -> None:
    """Fragments that spread themselves or each other are measured and left to validation."""
    text = "{ ...A } fragment A on Query { __typename ...B } fragment B on Query { __typename ...A ...B }"
    assert shape(text).fields == 2
    assert codes(text) == {"VALIDATION_FAILED"}


# --- The walk equals a naive count ---------------------------------------------------------------------------------

NAMES = ("A", "B", "C")


def selections(spreads: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Selection sets that may spread the named fragments."""
    fields = st.sampled_from(["x", "a: x", "y @d", "__typename", "b: y @d @e"])
    spread = st.sampled_from([f"...{name}" for name in spreads] or ["z"])

    def nest(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        heads = st.sampled_from(["x", "... on T", "... @d", "a: y @e", "__schema", "__type"])
        return st.tuples(heads, st.lists(inner, min_size=1, max_size=3)).map(lambda t: f"{t[0]} {{ {' '.join(t[1])} }}")

    tree = st.recursive(st.one_of(fields, spread), nest, max_leaves=6)
    return st.lists(tree, min_size=1, max_size=4).map(lambda parts: f"{{ {' '.join(parts)} }}")


@st.composite
def generated(draw: st.DrawFn) -> DocumentNode:
    """One operation and three fragments, each spreading only later ones."""
    text = "query @d " + draw(selections(NAMES))
    for position, name in enumerate(NAMES):
        text += f" fragment {name} on T @e {draw(selections(NAMES[position + 1 :]))}"
    return parse(text)


def expanded(
    selection_set: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode], depth: int, *, meta: bool, root: bool
) -> Iterator[tuple[str, int]]:
    """Yield what each selection adds, every fragment expanded at every spread, the slow and obvious way."""
    for node in selection_set.selections:
        yield "directives", len(node.directives or ())
        if isinstance(node, FragmentSpreadNode):
            fragment = fragments[node.name.value]
            yield "directives", len(fragment.directives or ())
            yield from expanded(fragment.selection_set, fragments, depth, meta=meta, root=root)
        elif isinstance(node, InlineFragmentNode):
            yield from expanded(node.selection_set, fragments, depth, meta=meta, root=root)
        elif isinstance(node, FieldNode):
            starts = node.name.value in INTROSPECTION_FIELDS
            level, inside = 1 if starts else depth + 1, meta or starts
            yield "fields", 1
            yield "aliases", node.alias is not None
            yield "root_fields", root
            yield "introspection_depth" if inside else "depth", level
            if node.selection_set:
                yield from expanded(node.selection_set, fragments, level, meta=inside, root=False)


@given(generated())
def test_the_walk_equals_a_naive_count(document: DocumentNode) -> None:
    """Measuring each fragment once gives what expanding every spread gives."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    operation, found = next(iter(measure(document)))
    assert isinstance(operation, OperationDefinitionNode)
    totals = dict.fromkeys(("fields", "aliases", "root_fields", "depth", "introspection_depth"), 0)
    totals["directives"] = len(operation.directives or ())
    for name, amount in expanded(operation.selection_set, fragments, 0, meta=False, root=True):
        totals[name] = max(totals[name], amount) if name.endswith("depth") else totals[name] + amount
    assert found == Shape(**totals)
