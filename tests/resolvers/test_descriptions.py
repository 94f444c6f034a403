"""Every element of the published schema says what it is."""

from pathlib import Path
from typing import Any

from graphql import DirectiveDefinitionNode, Node, Visitor, parse, visit

SCHEMA = Path(__file__).parents[2] / "schema.graphql"


class Silent(Visitor):
    """Collects what a reader of the schema would find without a description."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.seen = 0

    def enter(self, node: Node, _key: Any, _parent: Any, _path: Any, ancestors: list[Any]) -> None:
        """Look at definitions of types, fields, arguments, enum values, inputs and directives."""
        if not hasattr(node, "description"):
            return
        self.seen += 1
        if node.description is None or not node.description.value.strip():
            owners = [one.name.value for one in ancestors if getattr(one, "name", None) is not None]
            self.names.append(".".join([*owners, getattr(node, "name").value]))  # noqa: B009 - a definition has a name


def test_every_element_has_a_description() -> None:
    """Types, fields, arguments, input fields, enum values, scalars, directives and their arguments."""
    document = parse(SCHEMA.read_text())
    silent = Silent()
    visit(document, silent)
    assert silent.names == []
    assert silent.seen > 200
    assert sum(isinstance(node, DirectiveDefinitionNode) for node in document.definitions) == 4
