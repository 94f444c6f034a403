"""Costs compiled from a schema: every place that `@cost` may stand, and declarations that make no sense."""

from typing import Annotated

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from graph.documents.admission import Documents
from graph.documents.cost_table import compile_costs
from graph.documents.request import OperationRequest
from ops.settings import Limits
from resolvers.directives import Cost, ListSize


@strawberry.type(directives=[Cost(weight="3")])
class Dear:
    """An object that costs three."""

    name: str


@strawberry.type(directives=[Cost(weight="0")])
class Free:
    """An object that costs nothing."""

    name: str


@strawberry.type
class Query:
    """Weights on types, fields and arguments."""

    @strawberry.field(directives=[ListSize(assumed_size=10, require_one_slicing_argument=False)])
    def dear(self) -> list[Dear]:
        """Return none."""
        return []

    @strawberry.field(directives=[Cost(weight="2")])
    def free(self) -> Free | None:
        """Return none."""
        return None

    @strawberry.field(directives=[Cost(weight="0.25")])
    def number(
        self,
        fuzzy: Annotated[bool, strawberry.argument(directives=[Cost(weight="4")])] = False,  # noqa: FBT002 - the API's
    ) -> int:
        """Return zero."""
        return int(fuzzy)


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ dear { name } }", 30),
        ("{ free { name } }", 2),
        ("{ number }", 1),
        ("{ number(fuzzy: false) }", 5),
        ("{ number a: number b: number c: number }", 1),
    ],
)
def test_weights_of_types_and_fields(query: str, cost: int) -> None:
    """A type's weight replaces the one unit of its objects; fractions add up and are rounded up once."""
    documents = Documents(strawberry.Schema(query=Query)._schema, Limits(), introspection=True, suggestions=True)
    assert documents.admit(OperationRequest(query), allow_mutations=False).cost == cost


@pytest.mark.parametrize("weight", ["-1", "nan", "inf", "five"])
def test_a_weight_that_is_no_number_fails_at_start(weight: str) -> None:
    """A wrong declaration is found when the schema is compiled, not when a client asks."""

    @strawberry.type
    class Wrong:
        field: int = strawberry.field(directives=[Cost(weight=weight)])

    schema = strawberry.Schema(query=Wrong, config=StrawberryConfig())
    with pytest.raises(ValueError, match=r"Wrong\.field: @cost"):
        compile_costs(schema._schema)


def test_an_unknown_slicing_argument_fails_at_start() -> None:
    """`@listSize` may only name arguments that its field has."""

    @strawberry.type
    class Wrong:
        @strawberry.field(directives=[ListSize(slicing_arguments=["frist"])])
        def names(self, first: int) -> list[str]:
            return ["a"] * first

    with pytest.raises(ValueError, match=r"Wrong\.names: @listSize names arguments that it does not have: \['frist'\]"):
        compile_costs(strawberry.Schema(query=Wrong)._schema)


def test_a_required_slicing_argument_fails_at_start() -> None:
    """The specification's default would refuse every page without `first`; it has to be turned off in words."""

    @strawberry.type
    class Wrong:
        @strawberry.field(directives=[ListSize(slicing_arguments=["first"])])
        def names(self, first: int) -> list[str]:
            return ["a"] * first

    with pytest.raises(ValueError, match=r"Wrong\.names: @listSize must say requireOneSlicingArgument: false"):
        compile_costs(strawberry.Schema(query=Wrong)._schema)


def test_a_weight_on_an_input_field_fails_at_start() -> None:
    """A weight that would be ignored is not accepted."""

    @strawberry.input
    class Sieve:
        mesh: int = strawberry.field(directives=[Cost(weight="1")])

    @strawberry.type
    class Wrong:
        @strawberry.field
        def names(self, sieve: Sieve) -> list[str]:
            return ["a"] * sieve.mesh

    with pytest.raises(ValueError, match="Sieve: @cost on input fields is not counted"):
        compile_costs(strawberry.Schema(query=Wrong)._schema)
