"""The budgets of single fields, as the schema's `@budget` directives state them."""

from collections.abc import Mapping

from graphql import GraphQLSchema, is_object_type

from graph.compiled.resolution import BACK_REFERENCE
from resolvers.directives import Budget


def field_seconds(schema: GraphQLSchema) -> Mapping[str, float]:
    """Return the seconds that 90 of 100 resolutions of a field may take, by coordinate, as in `Stock.quote`.

    Fields without a budget are not in it. Raises ValueError for a budget that is no positive number.
    """
    found: dict[str, float] = {}
    for type_ in schema.type_map.values():
        if not is_object_type(type_):
            continue
        for name, field in type_.fields.items():
            definition = field.extensions.get(BACK_REFERENCE)
            for directive in getattr(definition, "directives", None) or ():
                if isinstance(directive, Budget):
                    if directive.p90_ms <= 0:
                        raise ValueError(f"{type_.name}.{name}: @budget(p90Ms: {directive.p90_ms}) must be above 0")
                    found[f"{type_.name}.{name}"] = directive.p90_ms / 1_000
    return found
