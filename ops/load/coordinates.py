"""Which field of the schema a path of a document is, for those who know paths only."""

from collections.abc import Iterator, Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
    parse,
)


def coordinates(schema: GraphQLSchema, text: str) -> Mapping[str, str]:
    """Return the coordinates of a valid document's fields by path, both as in FieldRecord.

    A field of an interface that is selected on the interface itself is named by it.
    """
    document = parse(text)
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    found: dict[str, str] = {}
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            root = schema.get_root_type(node.operation)
            if root is not None:
                found.update(_Walk(schema, fragments).below(node.selection_set, root, ""))
    return found


class _Walk:
    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments

    def below(
        self, selections: SelectionSetNode, parent: GraphQLCompositeType, prefix: str
    ) -> Iterator[tuple[str, str]]:
        """Yield paths and coordinates of all that is selected of a type."""
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield from self._field(node, parent, prefix)
                continue
            spread = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            if isinstance(spread, FragmentDefinitionNode | InlineFragmentNode):
                condition = spread.type_condition
                narrowed = self._schema.get_type(condition.name.value) if condition is not None else parent
                if is_composite_type(narrowed):
                    yield from self.below(spread.selection_set, narrowed, prefix)

    def _field(self, node: FieldNode, parent: GraphQLCompositeType, prefix: str) -> Iterator[tuple[str, str]]:
        name = node.name.value
        path = f"{prefix}{node.alias.value if node.alias else name}"
        field = parent.fields.get(name) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None
        if field is None:
            return
        yield path, f"{parent.name}.{name}"
        if node.selection_set is not None:
            returned = get_named_type(field.type)
            if is_composite_type(returned):
                yield from self.below(node.selection_set, returned, f"{path}.")
