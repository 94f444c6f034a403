"""Executions take turns in two lanes: those that wait for stores never hold up those that have all they need.

Each lane is narrow. The first leaves database connections to queries, the second turns of the event loop.
"""

import asyncio
from inspect import iscoroutinefunction
from typing import Any, Final, get_origin

from graphql import FieldNode, GraphQLField, GraphQLSchema, TypeInfo, TypeInfoVisitor, Visitor, is_object_type, visit
from graphql.language import BREAK, VisitorAction
from strawberry.schema.schema_converter import GraphQLCoreConverter

from graph.compiled import BATCH
from graph.documents.operation import AdmittedOperation

EXECUTIONS: Final = 4
"""Events executed at once in a lane: fewer than there are database connections."""


_MOST_KNOWN: Final = 1_000
_LONGEST_NAME: Final = 256


class Lanes:
    """The lanes of a process."""

    __slots__ = ("_known", "_ready", "_waiting")

    def __init__(self) -> None:
        self._waiting = asyncio.Semaphore(EXECUTIONS)
        self._ready = asyncio.Semaphore(EXECUTIONS)
        self._known: dict[tuple[str, str | None], bool] = {}

    def lane(self, schema: GraphQLSchema, admitted: AdmittedOperation) -> asyncio.Semaphore:
        """Return the lane of executions that wait for something, or that of those that do not.

        A document is walked through once, as thousands may subscribe with it.
        """
        place = (admitted.digest, admitted.name)  # a document may have several operations
        known = self._known.get(place)
        if known is None:
            known = waits(schema, admitted)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            if len(admitted.name or "") <= _LONGEST_NAME:
                self._known[place] = known
        return self._waiting if known else self._ready


def waits(schema: GraphQLSchema, admitted: AdmittedOperation) -> bool:
    """Whether a field below the root may have to be awaited, whatever the arguments and directives."""
    found = _Waiting(schema)
    for node in (admitted.operation, *admitted.fragments.values()):
        visit(node, TypeInfoVisitor(found.types, found))
    return found.any


class _Waiting(Visitor):
    """Looks for a field with a coroutine for its resolver; an abstract type may hide one."""

    def __init__(self, schema: GraphQLSchema) -> None:
        super().__init__()
        self.types = TypeInfo(schema)
        self.any = False
        self._root = schema.subscription_type

    def enter_field(self, node: FieldNode, *_: Any) -> VisitorAction:
        """Stop at the first field that waits; the root field has opened the source, and returns what came of it."""
        parent, definition = self.types.get_parent_type(), self.types.get_field_def()
        if parent is self._root or node.name.value == "__typename":
            return None
        if definition is None or not is_object_type(parent) or _may_wait(definition):
            self.any = True
            return BREAK
        return None


def _may_wait(definition: GraphQLField) -> bool:
    """Whether a field's resolver is a coroutine function, or that of a column which may have to be awaited."""
    declared = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    column = getattr(declared, "metadata", {}).get(BATCH)
    if column is None:
        return iscoroutinefunction(definition.resolve)
    if iscoroutinefunction(column):
        return True
    return get_origin(column.__annotations__.get("return")) is not list  # one that says it is a list always is one
