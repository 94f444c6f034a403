"""What resolvers are told of their field: one object for all parents of a path."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeGuard

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.pyutils import Path, gather_with_cancel
from graphql.type import GraphQLResolveInfoHelpers
from strawberry.execution import optimized_is_awaitable

from graph.compiled.run import Run
from graph.compiled.site import Site


class RawInfo:
    """graphql-core's resolve info, read from where it stands: making the whole tuple would cost more than a field.

    `variable_values` are the plain coerced values, as Strawberry's resolvers get them.
    """

    __slots__ = ("_run", "_site", "context")

    abort_signal = None
    operation_extensions: dict[str, Any] | None = None
    is_awaitable: Callable[[Any], TypeGuard[Awaitable[Any]]] = staticmethod(optimized_is_awaitable)  # type: ignore[assignment]  # a guard in all but name

    def __init__(self, site: Site, run: Run) -> None:
        self._site = site
        self._run = run
        self.context = run.context  # resolvers ask for it again and again

    @property
    def field_name(self) -> str:
        """The field's name in the schema."""
        return self._site.name

    @property
    def path(self) -> Path:
        """The field's path without list indices."""
        return self._site.path

    @property
    def variable_values(self) -> dict[str, Any]:
        """The coerced variables."""
        return self._run.variables.coerced

    @property
    def schema(self) -> GraphQLSchema:
        """The executable schema."""
        return self._site.document.schema

    @property
    def field_nodes(self) -> list[FieldNode]:
        """The nodes that ask for the field here."""
        return self._site.nodes

    @property
    def return_type(self) -> GraphQLOutputType:
        """The field's type."""
        return self._site.field.type

    @property
    def parent_type(self) -> GraphQLObjectType:
        """The type that owns the field."""
        return self._site.parent_type

    @property
    def root_value(self) -> Any:
        """The root value."""
        return self._run.root

    @property
    def operation(self) -> OperationDefinitionNode:
        """The operation."""
        return self._site.document.operation

    @property
    def fragments(self) -> dict[str, FragmentDefinitionNode]:
        """The document's fragments by name."""
        return self._site.document.fragments

    @property
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        """Ways to await several things in a resolver."""
        return _helpers(self._run)


def full_info(site: Site, run: Run) -> GraphQLResolveInfo[Any]:
    """Return graphql-core's own tuple, for resolvers that are not Strawberry's."""
    document = site.document
    return GraphQLResolveInfo(
        site.name,
        site.nodes,
        site.field.type,
        site.parent_type,
        site.path,
        document.schema,
        document.fragments,
        run.root,
        document.operation,
        run.variables,
        run.context,
        RawInfo.is_awaitable,
        None,
        _helpers(run),
    )


def _helpers(run: Run) -> GraphQLResolveInfoHelpers:
    """Return the run's own, made when it is first asked for."""
    if run.helpers is None:
        run.helpers = _make_helpers(run)
    return run.helpers  # type: ignore[no-any-return]  # what is made here


def _make_helpers(run: Run) -> GraphQLResolveInfoHelpers:
    def together(values: Sequence[Awaitable[Any]]) -> Awaitable[list[Any]]:
        return gather_with_cancel(*values)

    def track(values: Sequence[Any]) -> None:
        waiting = [value for value in values if optimized_is_awaitable(value)]
        if waiting:
            run.background = run.background if run.background is not None else set()
            future = asyncio.gather(*waiting, return_exceptions=True)
            run.background.add(future)
            future.add_done_callback(run.background.discard)

    return GraphQLResolveInfoHelpers(gather=together, track=track)
