"""Static cost: what it adds up, what it multiplies, and that it equals what a full answer returns."""

from typing import Any

import pytest
from graphql import execute_sync
from hypothesis import given
from hypothesis import strategies as st

from ops.settings import Limits
from tests.graph.documents.market import GRAPH, admit, refused

PLENTY = Limits(cost=10**9, fields=10**6, root_fields=10**6, aliases=10**6)


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ __typename }", 0),
        ("{ stocks { __typename } }", 1),
        ("{ stocks { nodes { id } } }", 1 + 3),
        ("{ stocks(first: 10) { nodes { id } } }", 1 + 10),
        ("{ stocks(last: 10) { nodes { id } } }", 1 + 10),
        ("{ stocks(first: 2, last: 10) { nodes { id } } }", 1 + 10),
        ("{ stocks(first: null) { nodes { id } } }", 1 + 3),
        ("{ stocks(first: 0) { nodes { id } } }", 1),
        ("{ stocks(first: -5) { nodes { id } } }", 1),
        ("{ stocks(first: 10) { edges { node { id } } nodes { id } } }", 1 + 10 + 10 + 10),
        ("{ stocks(first: 10) { nodes { mentions(first: 5) { nodes { id } } } } }", 1 + 10 * (1 + 1 + 5)),
        ("{ stocks(first: 10) { nodes { mentions { totalCount } } } }", 1 + 10 * (1 + 1 + 5)),
        ('{ search(text: "a") { id } }', 7 + 4),
        ('{ search(text: "a", first: 2) { id } }', 7 + 2),
        ('{ a: search(text: "a") { id } b: search(text: "a") { id } }', 2 * (7 + 4)),
        ("{ nodes(ids: [1, 2, 3]) { id } }", 3),
        ("{ nodes(ids: 0) { id } }", 1),
        ("{ undeclared { id } }", 100),
        ("{ node(id: 1) { ... on Mention { stock { id } } } }", 1 + 1 + 1),  # the half unit is rounded up at the end
        ("{ stocks @skip(if: true) { nodes { id } } }", 0),
        ("{ stocks @include(if: false) { nodes { id } } }", 0),
        ("{ stocks @skip(if: false) @include(if: true) { nodes { id } } }", 4),
    ],
)
def test_costs_worked_out_by_hand(query: str, cost: int) -> None:
    """One per object, times the sizes of the lists above it, plus declared weights."""
    assert admit(query, limits=PLENTY).cost == cost


@pytest.mark.parametrize(
    ("variables", "cost"),
    [({}, 1 + 8), ({"n": 2}, 1 + 2), ({"n": None}, 1 + 3), ({"n": 2, "without": True}, 0)],
)
def test_variables_decide_sizes_and_inclusion(variables: dict[str, object], cost: int) -> None:
    """Coerced variables count: given, by default, null, and as the condition of `@skip`."""
    query = "query ($n: Int = 8, $without: Boolean = false) { stocks(first: $n) @skip(if: $without) { nodes { id } } }"
    assert admit(query, variables).cost == cost


def test_an_absent_variable_leaves_the_argument_s_default() -> None:
    """A nullable variable that is not given counts as if the argument were not written."""
    assert admit('query ($n: Int) { stocks(first: $n) { nodes { id } } search(text: "a") { id } }').cost == 4 + 11


def test_a_list_variable_sizes_its_field() -> None:
    """`nodes(ids:)` returns one object for each id of a variable."""
    assert admit("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["a"] * 9}).cost == 9


def test_fields_shared_by_fragments_count_once() -> None:
    """Two fragments that ask for the same field cost what one asks for, as execution merges them."""
    fragments = "fragment A on Stock { mentions(first: 9) { nodes { id } } }"
    other = "fragment B on Stock { mentions(first: 9) { nodes { text } totalCount } }"
    merged = admit(f"{{ stocks(first: 2) {{ nodes {{ ...A ...B ...A }} }} }} {fragments} {other}")
    assert merged.cost == 1 + 2 * (1 + 1 + 9 + 5)


def test_an_abstract_type_costs_its_costliest_possible_type() -> None:
    """Of the types behind an interface only one is returned; the dearest is assumed."""
    query = "{ node(id: 1) { ... on Mention { stock { id } } ... on Stock { mentions(first: 9) { nodes { id } } } } }"
    assert admit(query).cost == 1 + 1 + 9


def test_a_page_beyond_the_largest_counts_as_the_largest() -> None:
    """The field itself refuses such a page, with its bounds; cost does not speak first."""
    assert admit("{ stocks(first: 2000000000) { nodes { id } } }").cost == 1 + 1_000


def test_the_refusal_names_cost_limit_and_worst_path() -> None:
    """The message says how much, of how much, and where most of it lies."""
    query = "{ cheap: node(id: 1) { id } stocks(first: 100) { nodes { m: mentions(first: 100) { nodes { id } } } } }"
    assert refused(query) == [
        (
            "TOO_COSTLY",
            "The operation costs 10,202; at most 10,000 is allowed. Most of it, 10,201, lies at 'stocks.nodes.m.nodes'",
        )
    ]


def test_nesting_multiplies_to_a_bound_and_not_beyond() -> None:
    """Cost saturates: ten nested pages of a thousand are 'at least 10^15', not a number of thirty digits."""
    nested = "id"
    for _ in range(10):
        nested = f"mentions(first: 1000) {{ nodes {{ stock {{ {nested} }} }} }}"
    [(code, message)] = refused(f"{{ stocks {{ nodes {{ {nested} }} }} }}", limits=Limits(depth=60))
    assert code == "TOO_COSTLY"
    assert "at least 1,000,000,000,000,000" in message


def test_doubling_through_a_cycle_of_types_is_costed_without_expanding_it() -> None:
    """Fragments that fork at each level are costed once per type, not once per path."""
    levels = 30
    chain = "".join(
        f"fragment F{i} on Mention {{ a: stock {{ mentions {{ nodes {{ ...F{i + 1} }} }} }}"
        f" b: stock {{ mentions {{ nodes {{ ...F{i + 1} }} }} }} }}"
        for i in range(levels)
    )
    query = f"{{ node(id: 1) {{ ...F0 }} }} {chain} fragment F{levels} on Mention {{ id }}"
    roomy = Limits(depth=100, fields=2**40, aliases=2**40, tokens=10_000)
    [(code, _)] = refused(query, limits=roomy)
    assert code == "TOO_COSTLY"


def test_selections_that_merge_in_countless_ways_are_refused() -> None:
    """Where merging itself would explode, the refusal says so and the work stays bounded."""
    levels = 14
    chain = "".join(
        f"fragment A{i} on Mention {{ stock {{ mentions {{ nodes {{ ...A{i + 1} }} }} }} x: stock {{ mentions {{ nodes"
        f" {{ ...B{i + 1} }} }} }} }} fragment B{i} on Mention {{ stock {{ mentions {{ nodes {{ ...B{i + 1} ...A{i + 1}"
        f" }} }} }} x: stock {{ mentions {{ nodes {{ ...A{i + 1} }} }} }} y: stock {{ mentions {{ nodes {{ ...B{i + 1}"
        f" }} }} }} }}"
        for i in range(levels)
    )
    ends = f"fragment A{levels} on Mention {{ id }} fragment B{levels} on Mention {{ id text }}"
    query = f"{{ node(id: 1) {{ ...A0 ...B0 }} }} {chain} {ends}"
    [(code, _)] = refused(query, limits=Limits(depth=100, fields=2**60, aliases=2**60, tokens=10_000))
    assert code == "TOO_COSTLY"


# --- Cost equals the objects of a full answer -----------------------------------------------------------------------

PAGES = ["", "(first: 1)", "(first: 2)", "(last: 4)", "(first: 0)", "(first: 1, last: 2)"]
WRAPPERS = ["... on Stock", "...", "... @include(if: true)", "... @skip(if: true)"]


def stock(depth: int) -> st.SearchStrategy[str]:
    """Selections on Stock."""
    leaf = st.sampled_from(["id", "symbol", "__typename", "... on Node { id }"])
    if depth == 0:
        return leaf
    pages = st.builds(
        lambda inner, page: f"m{PAGES.index(page)}: mentions{page} {{ {inner} }}", mentions(), st.sampled_from(PAGES)
    )
    wrapped = st.builds(lambda head, inner: f"{head} {{ {inner} }}", st.sampled_from(WRAPPERS), stock(depth - 1))
    return st.lists(st.one_of(leaf, pages, wrapped), min_size=1, max_size=3).map(" ".join)


def mentions() -> st.SearchStrategy[str]:
    """Selections on MentionConnection, without its weighted field."""
    post = st.sampled_from(["id", "text mood", "... on Node { id }", "__typename"])
    nodes = st.builds(lambda inner: f"nodes {{ {inner} }}", post)
    return st.lists(nodes, min_size=1, max_size=2).map(" ".join)


@st.composite
def queries(draw: st.DrawFn) -> str:
    """Queries whose every list is as long as its size says."""
    roots = []
    for position in range(draw(st.integers(1, 3))):
        page, inner = draw(st.sampled_from(PAGES)), draw(stock(2))
        shape = draw(st.sampled_from(["nodes { %s }", "edges { node { %s } }", "nodes { %s } edges { cursor }"]))
        roots.append(f"r{position}: stocks{page} {{ {shape % inner} {draw(st.sampled_from(['', 'nodes { id }']))} }}")
    return "{ " + " ".join(roots) + " }"


def objects_in(value: Any) -> int:
    """Count the objects of an answer, the root aside."""
    if isinstance(value, dict):
        return 1 + sum(map(objects_in, value.values()))
    return sum(map(objects_in, value)) if isinstance(value, list) else 0


@given(queries())
def test_cost_equals_the_objects_of_a_full_answer(query: str) -> None:
    """Run for real with full pages, the answer holds as many objects as the cost said."""
    admitted = admit(query, limits=PLENTY)
    answer = execute_sync(GRAPH, admitted.document)
    assert answer.errors is None
    assert admitted.cost == objects_in(answer.data) - 1


@given(stock(1), st.sampled_from(["text", "stock { id }", "stock { mentions { nodes { id } } }"]), st.integers(0, 4))
def test_cost_bounds_the_objects_behind_an_interface(on_stock: str, on_mention: str, count: int) -> None:
    """Whichever possible type comes, the answer holds no more objects than the cost said."""
    either = f"... on Stock {{ {on_stock} }} ... on Mention {{ {on_mention} }}"
    query = f"{{ node(id: 1) {{ {either} }} nodes(ids: [{'1 ' * count}]) {{ {either} }} }}"
    admitted = admit(query, limits=PLENTY)
    answer = execute_sync(GRAPH, admitted.document)
    assert answer.errors is None
    assert admitted.cost >= objects_in(answer.data) - 1
