"""How long an operation's answer may be kept, and by whom: from `@cacheControl` in the schema, before anything runs.

The most restrictive field decides. A field's own directive counts before its type's; a field with neither keeps as long
as its parent. A root field that says nothing is not kept at all: nobody has thought about it. Where a type is abstract,
any of its possible types may answer, so the strictest counts. `@skip` and `@include` are not looked at: a field that
may be left out restricts all the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_interface_type,
    is_object_type,
)
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.unset import UNSET

from resolvers.directives import CacheControl, CacheControlScope

_DEFINITION = "strawberry-definition"
_TYPENAME = "__typename"


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """`max_age` in seconds, at least 1; `private` answers are for the one who asked."""

    max_age: int
    private: bool

    @property
    def header(self) -> bytes:
        """The value of `cache-control`."""
        return b"%s, max-age=%d" % (b"private" if self.private else b"public", self.max_age)


@dataclass(frozen=True, slots=True)
class _Hint:
    """What one field says: None leaves the age to the parent."""

    max_age: int | None
    private: bool


_NEVER = _Hint(0, private=False)


class CachePolicies:
    """The policies of one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        query = schema.query_type
        self._root = query.name if query else ""
        self._hints = {
            published.name: {name: _hint(schema, published, name) for name in published.fields}
            for published in schema.type_map.values()
            if is_object_type(published) or is_interface_type(published)
        }
        self._below = {
            published.name: {name: get_named_type(field.type).name for name, field in published.fields.items()}
            for published in schema.type_map.values()
            if is_object_type(published) or is_interface_type(published)
        }

    def of(
        self, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
    ) -> CachePolicy | None:
        """Return the policy of a valid operation; None where its answer must not be kept."""
        if operation.operation is not OperationType.QUERY:
            return None
        least: int | None = None
        private = False
        for hint in self._said(operation.selection_set, fragments):
            if hint.max_age is not None:
                least = hint.max_age if least is None else min(least, hint.max_age)
            private = private or hint.private
        return CachePolicy(least, private) if least else None

    def _said(self, root: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[_Hint]:
        """Yield the hint of every field, each selection set on each of its types once."""
        pending = [(root, self._root)]
        seen: set[tuple[int, str]] = set()
        while pending:
            selections, parent = pending.pop()
            if (id(selections), parent) in seen:
                continue
            seen.add((id(selections), parent))
            for node in selections.selections:
                if isinstance(node, FragmentSpreadNode):
                    fragment = fragments[node.name.value]
                    pending.append((fragment.selection_set, fragment.type_condition.name.value))
                elif isinstance(node, InlineFragmentNode):
                    inner = node.type_condition.name.value if node.type_condition else parent
                    pending.append((node.selection_set, inner))
                elif isinstance(node, FieldNode) and node.name.value != _TYPENAME:
                    yield self._hint_of(parent, node.name.value)
                    if node.selection_set and parent in self._below and node.name.value in self._below[parent]:
                        pending.append((node.selection_set, self._below[parent][node.name.value]))

    def _hint_of(self, parent: str, name: str) -> _Hint:
        hint = self._hints.get(parent, {}).get(name)
        if hint is None:  # __schema and __type
            return _NEVER
        return _NEVER if hint.max_age is None and parent == self._root else hint


def _hint(schema: GraphQLSchema, parent: GraphQLObjectType | GraphQLInterfaceType, name: str) -> _Hint:
    """Read a field's directive, or else that of the type it returns."""
    return _strictest(
        _said_by(field) or _strictest(_said_by(returned) for returned in _possible(schema, get_named_type(field.type)))
        for field in (owner.fields[name] for owner in _possible(schema, parent))
    )


def _possible(schema: GraphQLSchema, published: Any) -> list[Any]:
    """Return a type, and where it is abstract those that may stand for it."""
    return [published, *schema.get_possible_types(published)] if is_abstract_type(published) else [published]


def _strictest(hints: Iterable[_Hint | None]) -> _Hint:
    said = [hint for hint in hints if hint is not None]
    ages = [hint.max_age for hint in said if hint.max_age is not None]
    return _Hint(min(ages, default=None), private=any(hint.private for hint in said))


def _said_by(published: object) -> _Hint | None:
    definition = _definition(published)
    if isinstance(definition, StrawberryField | StrawberryObjectDefinition):
        for directive in definition.directives or ():
            if isinstance(directive, CacheControl):
                max_age = None if directive.max_age is UNSET else directive.max_age
                return _Hint(max_age, private=directive.scope is CacheControlScope.PRIVATE)
    return None


def _definition(published: object) -> object:
    extensions: Mapping[str, object] = getattr(published, "extensions", {})
    return extensions.get(_DEFINITION)
