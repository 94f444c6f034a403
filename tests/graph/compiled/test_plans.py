"""Plans are found by document, made at the second use, and bounded."""

import pytest
import strawberry
from strawberry.directive import DirectiveLocation

from graph.compiled import Plan, Plans
from graph.compiled.plans import FIRST_USE, VARIANTS
from tests.graph.compiled.running import parts


@strawberry.type
class Query:
    """A root with two leaves."""

    one: int = 1
    two: int | None = None


@strawberry.directive(locations=[DirectiveLocation.FIELD])
def shout(value: str) -> str:
    """Shout."""
    return value.upper()


SCHEMA = strawberry.Schema(Query, directives=[shout])._schema


def test_a_document_is_compiled_when_it_comes_again() -> None:
    """The first use is left to graphql-core, and counted; later ones find the same plan."""
    plans = Plans(SCHEMA, most=10)
    asked = parts("{ one }")
    assert plans.find("digest", *asked, {}) is None
    first = plans.find("digest", *asked, {})
    assert isinstance(first, Plan)
    assert plans.find("digest", *asked, {}) is first
    assert (plans.fallbacks[FIRST_USE], plans.compiled, plans.hits, len(plans)) == (1, 1, 1, 1)


def test_a_registered_document_is_compiled_at_once() -> None:
    """`compile_now` makes the plan that `find` returns at first use."""
    plans = Plans(SCHEMA, most=10)
    asked = parts("{ one }")
    assert plans.compile_now("digest", *asked, {}) is plans.find("digest", *asked, {}) is not None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{ __schema { types { name } } }", "introspection"),
        ('{ ...F } fragment F on Query { __type(name: "Query") { name } }', "introspection"),
        ("{ one @shout }", "directive @shout"),
        ("query @shout { one }", "directive @shout on an operation"),
        ("{ ... @defer { one } }", "directive @defer"),
    ],
)
def test_what_is_not_known_falls_back_with_a_reason(text: str, reason: str) -> None:
    """The whole operation does, and each time is counted."""
    plans = Plans(SCHEMA, most=10)
    assert [plans.find("digest", *parts(text), {}) for _ in range(3)] == [None] * 3
    assert plans.fallbacks == {reason: 3}
    assert plans.explain(*parts(text), {}) == reason


def test_conditions_have_plans_of_their_own_up_to_a_bound() -> None:
    """One plan per choice of the variables in @skip and @include; too many are left to graphql-core."""
    names = [f"v{number}" for number in range(6)]
    declared = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"f{name}: one @include(if: ${name})" for name in names)
    asked = parts(f"query ({declared}) {{ {fields} two }}")
    plans = Plans(SCHEMA, most=100)
    choices = [dict(zip(names, map(bool, map(int, f"{number:06b}")), strict=True)) for number in range(64)]
    found = [plans.compile_now("digest", *asked, choice) for choice in choices]
    assert len({id(plan) for plan in found if plan}) == VARIANTS == len(plans)
    assert plans.fallbacks.total() == 64 - VARIANTS
    assert plans.compile_now("digest", *asked, choices[0]) is found[0]


def test_a_condition_without_a_value_waits_for_its_first_use() -> None:
    """A document can be registered, and explained, before its variables are known."""
    plans = Plans(SCHEMA, most=10)
    asked = parts("query ($yes: Boolean!) { one @include(if: $yes) }")
    assert plans.compile_now("digest", *asked, {}) is None
    assert plans.find("digest", *asked, {"yes": True}) is not None
    assert isinstance(plans.explain(*asked, {}), Plan)
    assert plans.find("digest", *asked, {"yes": None}) is None
    assert plans.fallbacks == {"a condition that has no value": 1}


def test_the_longest_unused_plan_leaves_first() -> None:
    """Ten thousand documents leave no more than was allowed."""
    plans = Plans(SCHEMA, most=3)
    asked = parts("{ one }")
    kept = plans.compile_now("kept", *asked, {})
    for number in range(200):
        plans.compile_now(str(number), *asked, {})
        assert plans.compile_now("kept", *asked, {}) is kept
    assert (len(plans), plans.evicted) == (3, 198)


def test_large_plans_leave_room_for_fewer() -> None:
    """Field paths are bounded as plans are."""
    plans = Plans(SCHEMA, most=4)
    large = parts("{ " + " ".join(f"a{number}: one" for number in range(390)) + " }")
    for number in range(4):
        plans.compile_now(str(number), *large, {})
    assert len(plans) == 1
