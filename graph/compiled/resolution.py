"""How each field is resolved, read from what Strawberry left in the schema; anything else is called generically."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLField, GraphQLLeafType, GraphQLSchema, default_field_resolver
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from graph.compiled.arguments import Arguments
from graph.compiled.batch_field import BatchField
from graph.compiled.completion import Completer
from graph.compiled.facts import TypeFacts
from graph.compiled.fields import AttributeField, DefaultField, GenericField, MethodField
from graph.compiled.names import remember_names
from graph.compiled.readiness import Ready, readiness
from graph.compiled.selection import Field
from graph.compiled.site import Site

BATCH = "batch"
"""Key of a Strawberry field's metadata: its function over all parents at once."""

BACK_REFERENCE = "strawberry-definition"
_ATTRIBUTE = "GraphQLCoreConverter.from_resolver.<locals>._get_basic_result"
_METHOD = {
    "GraphQLCoreConverter.from_resolver.<locals>._resolver",
    "GraphQLCoreConverter.from_resolver.<locals>._async_resolver",
}


class SchemaFacts:
    """What all plans of a schema share."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.strawberry = schema.extensions.get(BACK_REFERENCE)
        self.config = remember_names(self.strawberry.config) if self.strawberry is not None else None
        self.types = TypeFacts()
        self._ready: dict[GraphQLLeafType, Ready] = {}

    def readiness(self, leaf: GraphQLLeafType) -> Ready:
        """Return how a leaf type is output."""
        found = self._ready.get(leaf)
        if found is None:
            found = self._ready[leaf] = readiness(leaf)
        return found


def is_read(facts: SchemaFacts, definition: GraphQLField) -> bool:
    """Tell whether a field is an attribute of its parent, which no resolver stands before."""
    field = definition.extensions.get(BACK_REFERENCE)
    return (
        facts.strawberry is not None
        and isinstance(field, StrawberryField)
        and getattr(definition.resolve, "__qualname__", "") == _ATTRIBUTE
        and field.default_resolver is getattr
        and _has_own_result(field)
    )


def build_field(facts: SchemaFacts, site: Site, completer: Completer) -> Field:
    """Choose the cheapest way of resolving a field that gives what its resolver gives."""
    resolve: Callable[..., Any] = site.field.resolve or default_field_resolver
    field = site.field.extensions.get(BACK_REFERENCE)
    if facts.strawberry is None or not isinstance(field, StrawberryField):
        if resolve is default_field_resolver:
            return DefaultField(site, completer, Arguments(site.field, site.nodes[0]))
        return _generic(site, completer, resolve, strawberrys=False)
    if is_read(facts, site.field):
        return AttributeField(site, completer, field.python_name)
    if getattr(resolve, "__qualname__", "") in _METHOD and _is_plain(facts, field):
        arguments = Arguments(site.field, site.nodes[0], facts.strawberry, field, facts.config)
        batch = field.metadata.get(BATCH)
        if callable(batch):
            completer.deferred = field.is_async
            return BatchField(site, completer, batch, arguments)
        return MethodField(site, completer, field, arguments)
    return _generic(site, completer, resolve, strawberrys=True)


def _generic(site: Site, completer: Completer, resolve: Callable[..., Any], *, strawberrys: bool) -> GenericField:
    return GenericField(site, completer, resolve, Arguments(site.field, site.nodes[0]), strawberrys=strawberrys)


def _is_plain(facts: SchemaFacts, field: StrawberryField) -> bool:
    """Tell whether nothing stands between the field and its resolver: no extension, permission or handler."""
    resolver = field.base_resolver
    return (
        resolver is not None
        and type(resolver).__call__ is StrawberryResolver.__call__
        and _has_own_result(field)
        and not field.extensions
        and not facts.strawberry.exception_handlers  # type: ignore[union-attr]  # a Strawberry schema, as it has fields
    )


def _has_own_result(field: StrawberryField) -> bool:
    return type(field).get_result is StrawberryField.get_result
