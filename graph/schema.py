"""Schema assembly: types, scalars and directives become one executable schema, and its SDL."""

import strawberry
from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    parse,
    print_ast,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter

from graph.query import Query
from graph.subscription import Subscription
from ops.settings import Settings
from resolvers.scalars import SCALARS


def build_schema(settings: Settings) -> strawberry.Schema:
    """Assemble the schema; errors name the nearest field in development only."""
    config = StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not settings.exploring)
    schema = strawberry.Schema(query=Query, subscription=Subscription, config=config)
    _drop_null_defaults(schema._schema)  # noqa: SLF001 - strawberry has no public way to the executable schema
    _describe_directive_arguments(schema)
    return schema


def sdl(schema: strawberry.Schema) -> str:
    """Print the schema as it is committed in `schema.graphql`: directives by name, then types.

    Strawberry collects the directives in a set, whose order differs from run to run.
    """
    document = parse(schema.as_str())
    directives = [node for node in document.definitions if isinstance(node, DirectiveDefinitionNode)]
    types = [node for node in document.definitions if not isinstance(node, DirectiveDefinitionNode)]
    directives.sort(key=lambda node: node.name.value)
    return print_ast(DocumentNode(definitions=(*directives, *types))).rstrip() + "\n"


def _describe_directive_arguments(schema: strawberry.Schema) -> None:
    """Put back the descriptions that Strawberry drops on the way from a schema directive's fields to its arguments."""
    for directive in schema._schema_graphql_directives.values():  # noqa: SLF001 - as above
        for field in directive.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].fields:
            directive.args[field.graphql_name].description = field.description


def _drop_null_defaults(schema: GraphQLSchema) -> None:
    """Let an optional argument have no default instead of null: an argument with a default is non-null here.

    Left out, it is not passed on, and Python's own default, None, holds.
    """
    for published in schema.type_map.values():
        inputs: list[GraphQLArgument | GraphQLInputField] = []
        if isinstance(published, GraphQLObjectType | GraphQLInterfaceType):
            inputs = [argument for field in published.fields.values() for argument in field.args.values()]
        elif isinstance(published, GraphQLInputObjectType):
            inputs = list(published.fields.values())
        for one in inputs:
            if one.default_value is None:
                one.default_value = Undefined
