"""Schema directives: what a field costs, how long its answer keeps, and how fast it must be.

They are written into the SDL, so clients and tools read the same facts as the server. `@cost` and `@listSize` follow
the GraphQL cost directives specification (https://ibm.github.io/graphql-specs/cost-spec.html); locations, arguments
and defaults are the specification's own.
"""

from enum import Enum

import strawberry
from strawberry.schema_directive import Location


@strawberry.enum(description="Who may share a cached answer.")
class CacheControlScope(Enum):
    """Who may share a cached answer."""

    PUBLIC = strawberry.enum_value("PUBLIC", description="Every client gets the same answer; any cache may keep it.")
    PRIVATE = strawberry.enum_value("PRIVATE", description="The answer depends on who asks; only their own cache.")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT, Location.INTERFACE, Location.UNION],
    name="cacheControl",
    description="How long an answer may be kept, in seconds, and by whom. The least of a response's fields decides.",
)
class CacheControl:
    """`max_age` in seconds; None leaves it to the parent field."""

    max_age: int | None = strawberry.field(
        name="maxAge", default=strawberry.UNSET, description="Seconds; as long as the parent field when absent."
    )
    scope: CacheControlScope | None = strawberry.field(
        name="scope", default=strawberry.UNSET, description="Who may share it; all when absent."
    )


@strawberry.schema_directive(
    locations=[
        Location.ARGUMENT_DEFINITION,
        Location.ENUM,
        Location.FIELD_DEFINITION,
        Location.INPUT_FIELD_DEFINITION,
        Location.OBJECT,
        Location.SCALAR,
    ],
    name="cost",
    description=(
        "What the element adds to an operation's static cost each time it is used, as a decimal number. "
        "Without it an object costs 1 and everything else nothing."
    ),
)
class Cost:
    """`weight` is a decimal number in a string, as the specification has it: "5", "0.5"."""

    weight: str = strawberry.field(name="weight", description='A decimal number: "5", "0.5".')


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description=(
        "How long a list may be: the greatest of its slicing arguments (for a list argument, its length), else the "
        "assumed size. With sizedFields, those fields of the returned object have that size instead."
    ),
)
class ListSize:
    """`sized_fields` are fields of the returned type, as `edges` and `nodes` of a connection."""

    assumed_size: int | None = strawberry.field(
        name="assumedSize", default=strawberry.UNSET, description="The size where no slicing argument is given."
    )
    slicing_arguments: list[str] | None = strawberry.field(
        name="slicingArguments", default=strawberry.UNSET, description="Arguments that say how many items are wanted."
    )
    sized_fields: list[str] | None = strawberry.field(
        name="sizedFields", default=strawberry.UNSET, description="Fields of the returned object that have the size."
    )
    require_one_slicing_argument: bool | None = strawberry.field(
        name="requireOneSlicingArgument",
        default=True,
        description="Whether exactly one slicing argument must be given.",
    )


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="budget",
    description="The 90th percentile of the field's own time, in milliseconds, that the service promises itself.",
)
class Budget:
    """`p90_ms` in milliseconds."""

    p90_ms: int = strawberry.field(name="p90Ms", description="Milliseconds.")
