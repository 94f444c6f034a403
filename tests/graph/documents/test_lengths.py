"""Arguments that are too long are refused before coercion, cost and SQL."""

import pytest

from tests.graph.documents.market import admit, refused

IDS = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
FILTER = "query ($f: StockFilter) { stocks(filter: $f) { nodes { id } } }"
LITERAL = "{ nodes(ids: [%s]) { id } }"


@pytest.mark.parametrize(
    ("query", "variables", "message"),
    [
        (LITERAL % ("1 " * 251), {}, "Argument 'ids' of 'nodes' has 251 items; at most 250 are allowed"),
        (
            "{ stocks(filter: {symbols: [" + '"A" ' * 300 + "]}) { nodes { id } } }",
            {},
            "Argument 'filter' of 'stocks' has 300 items; at most 250 are allowed",
        ),
        (
            "{ stocks(filter: {" + "".join(f"a{number}: 1 " for number in range(251)) + "}) { nodes { id } } }",
            {},
            "Argument 'filter' of 'stocks' has 251 members; at most 250 are allowed",
        ),
        (
            "query ($ids: [ID!]! = [" + "1 " * 251 + "]) { nodes(ids: $ids) { id } }",
            {},
            "The default of variable '$ids' has 251 items; at most 250 are allowed",
        ),
        (
            IDS,
            {"ids": ["a"] * 100_000},
            "Variable '$ids', used by argument 'ids' of 'nodes', has 100,000 items; at most 250 are allowed",
        ),
        (
            FILTER,
            {"f": {"anyOf": [{}, {"symbols": ["A"] * 251}]}},
            (
                "Variable '$f.anyOf.symbols', used by argument 'filter' of 'stocks', has 251 items; "
                "at most 250 are allowed"
            ),
        ),
        (
            FILTER,
            {"f": {str(number): 1 for number in range(80_000)}},
            "Variable '$f', used by argument 'filter' of 'stocks', has 80,000 members; at most 250 are allowed",
        ),
        (
            FILTER,
            {"f": [1] * 251},
            "Variable '$f', used by argument 'filter' of 'stocks', has 251 items; at most 250 are allowed",
        ),
    ],
)
def test_a_list_that_is_too_long_is_named(query: str, variables: dict[str, object], message: str) -> None:
    """Argument, length and bound, for literals, defaults and variables, however nested."""
    assert refused(query, variables) == [("BAD_ARGUMENT", message)]


def test_lists_at_the_bound_pass() -> None:
    """250 items are allowed, as literal and as variable, and what no variable declares is not looked at."""
    assert admit(LITERAL % ("1 " * 250)).cost == 250
    assert admit(IDS, {"ids": ["a"] * 250, "undeclared": ["a"] * 10_000}).cost == 250


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    """No type takes such a number, and Python's own refusal is not for clients."""
    message = "Argument 'id' of 'node' has a number of 5,000 digits; no number is that long"
    assert refused("{ node(id: " + "1" * 5_000 + ") { id } }") == [("BAD_ARGUMENT", message)]
