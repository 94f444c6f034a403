"""Differences between two schemas, each judged by what it does to clients that exist.

graphql-core finds and judges most of them; corrected here are those that it calls milder or harsher than they are,
and added are those it does not look at: deprecations, applied directives, @oneOf, scalar specifications, root types.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from graphql import (
    BreakingChangeType,
    DangerousChangeType,
    GraphQLInputObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationType,
    build_schema,
    is_specified_scalar_type,
)
from graphql.language import DirectiveLocation
from graphql.utilities import find_schema_changes
from graphql.utilities.find_schema_changes import SchemaChange

from ops.cli.schema_elements import Element, elements


class Severity(IntEnum):
    """Safe: no client can tell. Dangerous: some may. Breaking: documents that ran are refused, or types lie."""

    SAFE = 0
    DANGEROUS = 1
    BREAKING = 2


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `element` is the schema coordinate that it concerns."""

    severity: Severity
    kind: str
    element: str
    message: str


_ADMISSION: Final = frozenset({"cost", "listSize"})  # they decide whether an operation is within its limit
_EXECUTABLE: Final = frozenset(
    {
        DirectiveLocation.QUERY,
        DirectiveLocation.MUTATION,
        DirectiveLocation.SUBSCRIPTION,
        DirectiveLocation.FIELD,
        DirectiveLocation.FRAGMENT_DEFINITION,
        DirectiveLocation.FRAGMENT_SPREAD,
        DirectiveLocation.INLINE_FRAGMENT,
        DirectiveLocation.VARIABLE_DEFINITION,
    }
)
_BEFORE_ELEMENT: Final = re.compile(
    r"(?:(?:A required|An optional) (?:argument|field)|Field|Argument|Enum value|Directive|Standard scalar"
    r"|Repeatable flag was (?:removed from|added to)|[A-Z_]+ was (?:removed from|added to)(?= @)"
    r"|Description of(?: (?:argument|field|enum value|input-field))?) "
)


def changes(old_sdl: str, new_sdl: str) -> list[Change]:
    """List what `new_sdl` changes for clients of `old_sdl`, the worst first; raises GraphQLSyntaxError or TypeError."""
    old, new = build_schema(old_sdl), build_schema(new_sdl)
    before, after = elements(old), elements(new)
    found = [_judged(change, old, new, after) for change in find_schema_changes(old, new)]
    found += [*_root_changes(old, new), *_type_changes(old, new), *_element_changes(before, after)]
    if not found and old_sdl != new_sdl:
        found.append(Change(Severity.SAFE, "TEXT_CHANGED", "schema", "Only order or formatting changed."))
    return sorted(found, key=lambda change: (-change.severity, change.element, change.kind))


def _judged(change: SchemaChange, old: GraphQLSchema, new: GraphQLSchema, after: dict[str, Element]) -> Change:
    lead = _BEFORE_ELEMENT.match(change.description)
    element = change.description[lead.end() if lead else 0 :].split()[0].rstrip(".,")
    severity = Severity.SAFE
    if isinstance(change.type, BreakingChangeType):
        severity = Severity.SAFE if _out_of_reach(element, old, new) else Severity.BREAKING
    elif isinstance(change.type, DangerousChangeType):
        severity = Severity.SAFE if _out_of_reach(element, old, new) else Severity.DANGEROUS
        if element in after and after[element].required:  # the default went, and null is not allowed
            severity = Severity.BREAKING
    return Change(severity, change.type.name, element, change.description)


def _out_of_reach(element: str, old: GraphQLSchema, new: GraphQLSchema) -> bool:
    """Tell whether no operation could have named the element: an unused built-in scalar, a type-system directive."""
    if not element.startswith("@"):
        removed = old.get_type(element)
        return removed is not None and is_specified_scalar_type(removed)
    name = element[1:].partition("(")[0]
    declared = [schema.get_directive(name) for schema in (old, new)]
    return not any(_EXECUTABLE.intersection(directive.locations) for directive in declared if directive)


def _root_changes(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    for operation in OperationType:
        before, after = old.get_root_type(operation), new.get_root_type(operation)
        if before and (after is None or after.name != before.name):
            message = f"The {operation.value} root changed from {before} to {after}."
            yield Change(Severity.BREAKING, "ROOT_TYPE_CHANGED", before.name, message)


def _type_changes(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    for name, before in old.type_map.items():
        after = new.get_type(name)
        if isinstance(before, GraphQLScalarType) and isinstance(after, GraphQLScalarType):
            if before.specified_by_url != after.specified_by_url:
                message = f"The specification of {name} changed to {after.specified_by_url}."
                yield Change(Severity.DANGEROUS, "SPECIFIED_BY_CHANGED", name, message)
        elif (
            isinstance(before, GraphQLInputObjectType)
            and isinstance(after, GraphQLInputObjectType)
            and before.is_one_of != after.is_one_of
        ):
            severity = Severity.BREAKING if after.is_one_of else Severity.SAFE
            message = f"{name} takes {'exactly one of its fields' if after.is_one_of else 'any of its fields'} now."
            yield Change(severity, "ONE_OF_CHANGED", name, message)


def _element_changes(old: dict[str, Element], new: dict[str, Element]) -> Iterator[Change]:
    for element in sorted(old.keys() & new.keys()):
        before, after = old[element], new[element]
        if before.deprecation != after.deprecation:
            message = "no longer deprecated" if after.deprecation is None else f"deprecated: {after.deprecation}"
            yield Change(Severity.SAFE, "DEPRECATION_CHANGED", element, f"{element} is {message}.")
        for name in sorted(before.directives.keys() | after.directives.keys()):
            was, now = before.directives.get(name, f"no @{name}"), after.directives.get(name, f"no @{name}")
            if was != now:
                severity = Severity.DANGEROUS if name in _ADMISSION else Severity.SAFE
                yield Change(severity, "DIRECTIVE_CHANGED", element, f"{element} has {now} instead of {was}.")
