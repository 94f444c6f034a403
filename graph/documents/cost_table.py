"""The schema's costs, compiled once: what each field weighs and how long its list can be.

Weights come from `@cost` on fields, arguments and types, sizes from `@listSize`, as the cost directives specification
has them (https://ibm.github.io/graphql-specs/cost-spec.html). An object weighs 1 unless its type says otherwise,
scalars and enums nothing. A list of objects that declares no size counts as a full page: too much rather than too
little.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_input_object_type,
    is_list_type,
    is_object_type,
)
from strawberry import UNSET

from resolvers.directives import Cost, ListSize


@dataclass(frozen=True, slots=True)
class FieldCost:
    """One field of an object type.

    `weight` is added at each call, `argument_weights` where the argument is given. `types` are the object types that
    it can return (none for a leaf), and `is_list` whether it returns many. Without `listing` a list has the size that
    its parent gives it, or that of a full page.
    """

    definition: GraphQLField
    weight: float
    argument_weights: Mapping[str, float]
    is_list: bool
    types: tuple[str, ...]
    leaf_weight: float
    listing: "Listing | None"


@dataclass(frozen=True, slots=True)
class Listing:
    """A field's `@listSize`."""

    assumed_size: int | None
    slicing_arguments: tuple[str, ...]
    sized_fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class CostTable:
    """Costs by object type and field name; `narrowings` gives the object types that each named type stands for."""

    fields: Mapping[str, Mapping[str, FieldCost]]
    type_weights: Mapping[str, float]
    narrowings: Mapping[str, frozenset[str]]


def compile_costs(schema: GraphQLSchema) -> CostTable:
    """Read every directive of a Strawberry schema. Raises ValueError for a declaration that cannot be honoured."""
    for type_ in schema.type_map.values():
        if is_input_object_type(type_) and any(map(_weighs, type_.fields.values())):
            raise ValueError(f"{type_.name}: @cost on input fields is not counted; put it on the argument")
    objects = [type_ for type_ in schema.type_map.values() if is_object_type(type_) and not type_.name.startswith("__")]
    return CostTable(
        fields={
            type_.name: {
                name: _compile_field(schema, f"{type_.name}.{name}", field) for name, field in type_.fields.items()
            }
            for type_ in objects
        },
        type_weights={type_.name: _weight(type_, type_.name, default=1.0) for type_ in objects},
        narrowings={
            type_.name: frozenset(_object_types(schema, type_))
            for type_ in schema.type_map.values()
            if is_object_type(type_) or is_abstract_type(type_)
        },
    )


def _compile_field(schema: GraphQLSchema, coordinate: str, field: GraphQLField) -> FieldCost:
    returned = get_named_type(field.type)
    types = tuple(_object_types(schema, returned))
    weights = {
        name: weight
        for name, argument in field.args.items()
        if (weight := _weight(argument, f"{coordinate}({name}:)", default=0.0))
    }
    return FieldCost(
        definition=field,
        weight=_weight(field, coordinate, default=0.0),
        argument_weights=weights,
        is_list=is_list_type(get_nullable_type(field.type)),
        types=types,
        leaf_weight=0.0 if types else _weight(returned, returned.name, default=0.0),
        listing=_listing(field, coordinate),
    )


def _object_types(schema: GraphQLSchema, type_: GraphQLNamedType) -> Iterator[str]:
    if is_object_type(type_):
        yield type_.name
    elif is_abstract_type(type_):
        yield from (possible.name for possible in schema.get_possible_types(type_))


def _directives(element: object) -> list[object]:
    """Find the directives on the Strawberry definition that graphql-core's element carries in its extensions."""
    definition = getattr(element, "extensions", {}).get("strawberry-definition")
    return list(getattr(definition, "directives", None) or ())


def _weight(element: object, coordinate: str, *, default: float) -> float:
    for directive in _directives(element):
        if isinstance(directive, Cost):
            weight = _number(directive.weight)
            if not 0 <= weight < float("inf"):
                raise ValueError(f"{coordinate}: @cost(weight: {directive.weight!r}) must be a finite number >= 0")
            return weight
    return default


def _weighs(element: object) -> bool:
    return any(isinstance(directive, Cost) for directive in _directives(element))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _listing(field: GraphQLField, coordinate: str) -> Listing | None:
    for directive in _directives(field):
        if isinstance(directive, ListSize):
            size = None if directive.assumed_size is UNSET else directive.assumed_size
            slicing = tuple(directive.slicing_arguments or ())
            unknown = [name for name in slicing if name not in field.args]
            if unknown:
                raise ValueError(f"{coordinate}: @listSize names arguments that it does not have: {unknown}")
            if slicing and directive.require_one_slicing_argument:
                raise ValueError(
                    f"{coordinate}: @listSize must say requireOneSlicingArgument: false; pages have defaults"
                )
            return Listing(size, slicing, frozenset(directive.sized_fields or ()))
    return None
