"""Where a field stands in the operation: all that is the same in every run."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.pyutils import Path


@dataclass(frozen=True, slots=True)
class Document:
    """The operation and what belongs to it."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]


@dataclass(frozen=True, slots=True)
class Site:
    """One field path. `path` has no list indices: the field resolves once for all of them.

    `column` is its place among the plan's columns, or `NO_COLUMN`.
    """

    document: Document
    parent_type: GraphQLObjectType
    name: str
    field: GraphQLField
    details: list[Any]
    nodes: list[FieldNode]
    path: Path
    column: int

    @property
    def key(self) -> str:
        """The response key."""
        return str(self.path.key)
