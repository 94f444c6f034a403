"""How long an answer may be kept: the most restrictive of its fields decides."""

import pytest
import strawberry
from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse

from graph.responses.policy import CachePolicies, CachePolicy
from graph.schema import build_schema
from ops.settings import Settings
from resolvers.directives import CacheControl, CacheControlScope

PRIVATE = CacheControl(max_age=20, scope=CacheControlScope.PRIVATE)


@strawberry.type(directives=[CacheControl(max_age=30)])
class Slow:
    """Keeps for half a minute wherever it is returned."""

    name: str = ""
    quick: int = strawberry.field(default=0, directives=[CacheControl(max_age=5)])
    own: str = strawberry.field(default="", directives=[CacheControl(scope=CacheControlScope.PRIVATE)])
    never: int = strawberry.field(default=0, directives=[CacheControl(max_age=0)])


@strawberry.interface
class Named:
    """Says nothing itself."""

    label: str = ""


@strawberry.type
class Plain(Named):
    """Says nothing either."""


@strawberry.type(directives=[CacheControl(max_age=7)])
class Strict(Named):
    """Keeps for seconds, and its label is for the one who asked."""

    label: str = strawberry.field(default="", directives=[PRIVATE])


@strawberry.type
class Query:
    """Roots that say something, and one that does not."""

    slow: Slow = strawberry.field(default_factory=Slow)
    minute: Slow = strawberry.field(default_factory=Slow, directives=[CacheControl(max_age=60)])
    silent: int = 0
    named: Named = strawberry.field(default_factory=Plain, directives=[CacheControl(max_age=60)])
    either: Plain | Strict = strawberry.field(default_factory=Plain)
    mine: int = strawberry.field(default=0, directives=[PRIVATE])


POLICIES = CachePolicies(strawberry.Schema(Query, types=[Plain, Strict])._schema)


def policy(text: str, policies: CachePolicies = POLICIES) -> CachePolicy | None:
    """Return the policy of a document's first operation."""
    nodes = parse(text).definitions
    operation = next(node for node in nodes if isinstance(node, OperationDefinitionNode))
    fragments = {node.name.value: node for node in nodes if isinstance(node, FragmentDefinitionNode)}
    return policies.of(operation, fragments)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("{ minute { name } }", 60),
        ("{ slow { name } }", 30),
        ("{ minute { name quick } }", 5),
        ("{ minute { name } slow { name } }", 30),
        ("{ __typename minute { __typename } }", 60),
        ("{ minute { ...Inner } } fragment Inner on Slow { ... on Slow { quick } }", 5),
        ("{ ...Root } fragment Root on Query { minute { name } }", 60),
        ("query ($no: Boolean = false) { minute { name quick @include(if: $no) } }", 5),
    ],
)
def test_the_shortest_age_decides(text: str, seconds: int) -> None:
    """Ages come from fields, else from the types they return; fragments and left-out fields count."""
    assert policy(text) == CachePolicy(seconds, private=False)


@pytest.mark.parametrize(
    "text",
    [
        "{ silent }",
        "{ minute { name } silent }",
        "{ minute { never } }",
        "{ __typename }",
        "{ minute { name } __schema { queryType { name } } }",
        "mutation { minute { name } }",
        "subscription { minute { name } }",
    ],
)
def test_what_says_nothing_is_not_kept(text: str) -> None:
    """A root field without a directive, an age of zero, introspection and whatever is no query are never kept."""
    assert policy(text) is None


def test_one_private_field_makes_the_answer_private() -> None:
    """At the root or below, beside public fields."""
    assert policy("{ minute { name } mine }") == CachePolicy(20, private=True)
    assert policy("{ minute { own } }") == CachePolicy(60, private=True)
    assert CachePolicy(20, private=True).header == b"private, max-age=20"


def test_the_strictest_of_the_possible_types_decides() -> None:
    """Whatever an interface or a union stands for, no field of a private type is shared."""
    assert policy("{ named { __typename } }") == CachePolicy(60, private=False)
    assert policy("{ named { label } }") == CachePolicy(20, private=True)
    assert policy("{ named { ... on Plain { label } } }") == CachePolicy(60, private=False)
    assert policy("{ either { ... on Plain { label } } }") == CachePolicy(7, private=False)


def test_the_api_keeps_its_answers_for_a_minute() -> None:
    """Stocks with all that hangs on them are kept; freshness, which is about the present, is not."""
    policies = CachePolicies(build_schema(Settings())._schema)
    assert policy('{ stock(symbol: "AAPL") { quote { price } } trending { computedAt } }', policies) == CachePolicy(
        60, private=False
    )
    assert policy("{ freshness { feed } }", policies) is None


def test_fragments_that_double_are_read_once() -> None:
    """A document of 30 doublings takes as many steps as it has fragments."""
    doubling = "".join(f"fragment F{n} on Slow {{ ...F{n + 1} ...F{n + 1} }} " for n in range(30))
    text = "{ minute { ...F0 } } " + doubling + "fragment F30 on Slow { quick }"
    assert policy(text) == CachePolicy(5, private=False)
