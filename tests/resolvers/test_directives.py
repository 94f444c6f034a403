"""The schema directives as the SDL shows them."""

import re

import strawberry

from resolvers.directives import Budget, CacheControl, CacheControlScope, Cost, ListSize


@strawberry.type
class Query:
    """One field with every directive."""

    @strawberry.field(
        directives=[
            CacheControl(max_age=30, scope=CacheControlScope.PRIVATE),
            Cost(weight="2.5"),
            ListSize(assumed_size=20, slicing_arguments=["first"], require_one_slicing_argument=False),
            Budget(p90_ms=40),
        ]
    )
    def names(self, first: int = 20) -> list[str]:
        """Return names."""
        return ["a"] * first

    @strawberry.field(directives=[CacheControl(max_age=5), ListSize(sized_fields=["nodes"])])
    def others(self) -> list[str]:
        """Return names."""
        return []


SDL = strawberry.Schema(query=Query).as_str()


def test_definitions_are_those_of_the_specification() -> None:
    """Names, arguments, types, defaults and locations, as published; each has a description."""
    definitions = set(re.findall(r'"""\n(directive @.*)', SDL))
    assert definitions == {
        (
            "directive @cost(weight: String!) "
            "on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR"
        ),
        (
            "directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], "
            "requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION"
        ),
        (
            "directive @cacheControl(maxAge: Int, scope: CacheControlScope) "
            "on FIELD_DEFINITION | OBJECT | INTERFACE | UNION"
        ),
        "directive @budget(p90Ms: Int!) on FIELD_DEFINITION",
    }


def test_fields_carry_what_was_given() -> None:
    """What was left out is not printed; the specification's default is."""
    assert (
        'names(first: Int! = 20): [String!]! @cacheControl(maxAge: 30, scope: PRIVATE) @cost(weight: "2.5") '
        '@listSize(assumedSize: 20, slicingArguments: ["first"], requireOneSlicingArgument: false) @budget(p90Ms: 40)'
    ) in SDL
    assert (
        'others: [String!]! @cacheControl(maxAge: 5) @listSize(sizedFields: ["nodes"], requireOneSlicingArgument: true)'
    ) in SDL
