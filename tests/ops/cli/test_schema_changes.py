"""Every kind of difference between two schemas is found, named by its coordinate and judged."""

import pytest
from graphql import GraphQLSyntaxError

from ops.cli.schema_changes import Severity, changes

BASE = """
directive @cost(weight: String!) on FIELD_DEFINITION
directive @budget(p90Ms: Int!) on FIELD_DEFINITION
directive @mask(on: Boolean! = true) on FIELD
"A time."
scalar DateTime @specifiedBy(url: "https://example.org/one")
interface Node { id: ID! }
union Hit = Stock | Post
enum Order { ASC DESC }
input Range { from: Int! to: Int = 5 }
type Stock implements Node {
  id: ID!
  name(short: Boolean! = false, size: Int = 3, tag: String): String @cost(weight: "5")
  prices: [Float!] @budget(p90Ms: 30)
  old: String @deprecated(reason: "Use name.")
}
type Post implements Node { id: ID! }
type Query { stock(symbol: String!): Stock hits(order: Order, range: Range): [Hit!] at: DateTime node: Node }
"""

CASES = [
    ("prices: [Float!] @", "prices: [Float!]! @", "safe", "Stock.prices"),
    ("prices: [Float!] @", "prices: [Float] @", "breaking", "Stock.prices"),
    ("prices: [Float!] @", "prices: [String!] @", "breaking", "Stock.prices"),
    ('  old: String @deprecated(reason: "Use name.")\n', "", "breaking", "Stock.old"),
    (' @deprecated(reason: "Use name.")', "", "safe", "Stock.old"),
    ('"Use name."', '"Gone in May."', "safe", "Stock.old"),
    ("prices: [Float!] @", "new: Int\n  prices: [Float!] @", "safe", "Stock.new"),
    ("prices: [Float!] @budget", "prices: [Float!] @deprecated @budget", "safe", "Stock.prices"),
    ("short: Boolean! = false", "short: Boolean!", "breaking", "Stock.name(short:)"),
    ("short: Boolean! = false", "short: Boolean! = true", "dangerous", "Stock.name(short:)"),
    ("short: Boolean! = false", "short: Boolean = false", "safe", None),
    ("size: Int = 3", "size: Int", "dangerous", "Stock.name(size:)"),
    ("size: Int = 3", "size: Int!", "breaking", "Stock.name(size:)"),
    ("tag: String", 'tag: String = "x"', "safe", "Stock.name(tag:)"),
    (", tag: String", "", "breaking", "Stock.name(tag:)"),
    ("tag: String", "tag: String, must: Int!", "breaking", "Stock.name(must:)"),
    ("tag: String", "tag: String, may: Int", "dangerous", "Stock.name(may:)"),
    ("from: Int! to", "from: Int to", "safe", "Range.from"),
    ("to: Int = 5", "to: Int! = 5", "breaking", "Range.to"),
    ("to: Int = 5", "to: Int = 6", "dangerous", "Range.to"),
    ("to: Int = 5", "to: Int = 5 must: Int!", "breaking", "Range.must"),
    ("to: Int = 5", "to: Int = 5 may: Int", "dangerous", "Range.may"),
    ("input Range { from: Int! to: Int = 5 }", "input Range @oneOf { from: Int to: Int }", "breaking", "Range"),
    ("enum Order { ASC DESC }", "enum Order { ASC }", "breaking", "Order.DESC"),
    ("enum Order { ASC DESC }", "enum Order { ASC DESC NONE }", "dangerous", "Order.NONE"),
    ("enum Order { ASC DESC }", "scalar Order", "breaking", "Order"),
    ("Hit = Stock | Post", "Hit = Stock", "breaking", "Post"),
    ("type Post implements Node { id: ID! }", "type Post { id: ID! }", "breaking", "Post"),
    ('"A time."', '"An instant."', "safe", "DateTime"),
    ("example.org/one", "example.org/two", "dangerous", "DateTime"),
    ('@cost(weight: "5")', '@cost(weight: "9")', "dangerous", "Stock.name"),
    (' @cost(weight: "5")', "", "dangerous", "Stock.name"),
    ("p90Ms: 30", "p90Ms: 300", "safe", "Stock.prices"),
    ("@cost(weight: String!) on", "@cost(weight: String!) on OBJECT |", "safe", "@cost"),
    ("p90Ms: Int!)", "p90Ms: Int!, stage: String)", "safe", "@budget(stage:)"),
    ("directive @mask(on: Boolean! = true) on FIELD\n", "", "breaking", "@mask"),
    ("@mask(on: Boolean! = true) on FIELD\n", "@mask(on: Boolean! = true) on QUERY\n", "breaking", "@mask"),
]


@pytest.mark.parametrize(("before", "after", "severity", "element"), CASES)
def test_one_edit_is_judged(before: str, after: str, severity: str, element: str | None) -> None:
    """One edit of the schema is found, its worst consequence is the expected one, at the expected coordinate."""
    assert BASE.count(before) == 1, "the case edits one place"
    found = changes(BASE, BASE.replace(before, after))
    assert found[0].severity is Severity[severity.upper()]
    if element is not None:
        assert element in {change.element for change in found if change.severity is found[0].severity}


def test_the_same_schema_has_no_changes() -> None:
    """Equal text is no change, and reordered text is a safe one."""
    assert changes(BASE, BASE) == []
    (only,) = changes(BASE, BASE.replace("enum Order { ASC DESC }", "enum Order { DESC ASC }"))
    assert (only.severity, only.kind) == (Severity.SAFE, "TEXT_CHANGED")


def test_a_directive_of_the_schema_may_go() -> None:
    """No operation can name @budget, so its removal breaks none."""
    without = BASE.replace("directive @budget(p90Ms: Int!) on FIELD_DEFINITION", "").replace("@budget(p90Ms: 30)", "")
    assert {change.severity for change in changes(BASE, without)} == {Severity.SAFE}


def test_a_lost_or_renamed_root_breaks() -> None:
    """The mutation root is part of the schema even while its type lives on."""
    old = "type Query { a: Int } type Mutation { a: Int }"
    new = "schema { query: Query } type Query { a: Int } type Mutation { a: Int }"
    (only,) = changes(old, new)
    assert (only.severity, only.kind, only.element) == (Severity.BREAKING, "ROOT_TYPE_CHANGED", "Mutation")


def test_the_worst_stands_first() -> None:
    """A reader and a script see breaking changes before the rest."""
    new = (
        BASE.replace('"A time."', '"T."')
        .replace("{ ASC DESC }", "{ ASC DESC X }")
        .replace("Hit = Stock | Post", "Hit = Stock")
    )
    assert [change.severity for change in changes(BASE, new)] == [Severity.BREAKING, Severity.DANGEROUS, Severity.SAFE]


def test_what_is_not_a_schema_is_an_error() -> None:
    """Broken SDL is not taken for an empty schema."""
    with pytest.raises(GraphQLSyntaxError):
        changes("type Query {", BASE)
    with pytest.raises(TypeError, match="Unknown type"):
        changes("type Query { a: Nowhere }", BASE)
