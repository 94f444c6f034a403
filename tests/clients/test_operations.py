"""The sample operations, which double as examples, fit the schema and leave no root field without one."""

from pathlib import Path

import pytest
from graphql import FieldNode, GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate

from graph import schema as assembly
from ops.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "schema.graphql"
FIRST_LOOK = ROOT / "graph" / "static" / "first_look.graphql"
FILES = [*sorted((ROOT / "clients" / "operations").glob("*.graphql")), FIRST_LOOK]


@pytest.fixture(scope="module")
def sdl() -> str:
    """Print the schema of this code."""
    return assembly.sdl(assembly.build_schema(Settings(environment="development")))


@pytest.fixture(scope="module")
def schema(sdl: str) -> GraphQLSchema:
    """Read it as a client's tool would."""
    return build_schema(sdl)


def test_the_committed_schema_is_the_schema(sdl: str) -> None:
    """Clients build on schema.graphql; it must be what the server serves, to the letter."""
    assert COMMITTED.read_text("utf-8") == sdl, "stale: run `insitechart schema export` and commit the file"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_operation_is_valid(file: Path, schema: GraphQLSchema) -> None:
    """The document validates, says in its first line what it is for, and its one operation has a name."""
    text = file.read_text("utf-8")
    document = parse(text)
    assert validate(schema, document) == []
    assert text.startswith("# ")
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    assert len(operations) == 1
    assert operations[0].name is not None


def test_every_root_field_has_an_example(schema: GraphQLSchema) -> None:
    """A new root field comes with an operation that shows it."""
    shown = {
        field.name.value
        for file in FILES
        for operation in parse(file.read_text("utf-8")).definitions
        if isinstance(operation, OperationDefinitionNode)
        for field in operation.selection_set.selections
        if isinstance(field, FieldNode)
    }
    roots = [root for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root]
    assert shown == {name for root in roots for name in root.fields}


def test_operation_names_are_unique() -> None:
    """Names are how persisted documents and objectives refer to operations."""
    names = [
        node.name.value
        for file in FILES
        for node in parse(file.read_text("utf-8")).definitions
        if isinstance(node, OperationDefinitionNode) and node.name
    ]
    assert len(names) == len(set(names))
