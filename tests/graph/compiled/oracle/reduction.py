"""Making an operation that shows a difference as small as it can be.

Selections, directives and arguments are left out one after another, as long as the difference stays.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from graphql import GraphQLSchema, Node, parse, print_ast, validate
from graphql.language import ArgumentNode, DocumentNode, FieldNode, InlineFragmentNode, SelectionSetNode, visit
from graphql.language.visitor import REMOVE, Visitor

from tests.graph.compiled.oracle.operations import Generated

Differs = Callable[[Generated], Awaitable[str | None]]
_MOST = 400


async def reduced(schema: GraphQLSchema, found: Generated, differs: Differs) -> Generated:
    """Return the smallest operation that was found to differ still."""
    tries = 0
    progress = True
    while progress and tries < _MOST:
        progress = False
        for smaller in _smaller(found):
            tries += 1
            if tries > _MOST:
                break
            if not validate(schema, parse(smaller.text)) and await differs(smaller) is not None:
                found, progress = smaller, True
                break
    return found


def _smaller(found: Generated) -> Iterator[Generated]:
    document = parse(found.text)
    for number in range(_count(document)):
        text = print_ast(_without_unused(visit(document, _Leave(number))))
        yield Generated(text, {name: value for name, value in found.variables.items() if f"${name}:" in text})


class _Leave(Visitor):
    """Leaves out the node of that number; a lone selection gives way to `__typename`."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.seen = -1

    def enter(self, node: Node, key: Any, parent: Any, *_: Any) -> Any:
        """Count what can be left out; a fragment's inside can take its place."""
        if not isinstance(node, FieldNode | InlineFragmentNode | ArgumentNode) and node.kind not in _REMOVABLE:
            return None
        self.seen += 1
        if self.seen != self.number:
            return None
        alone = isinstance(node, FieldNode) and isinstance(parent, tuple | list) and len(parent) == 1
        return _TYPENAME if alone and node.name.value != "__typename" else REMOVE  # type: ignore[attr-defined]

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> Any:
        """Keep a selection set from being empty."""
        return SelectionSetNode(selections=(_TYPENAME,)) if not node.selections else None


_REMOVABLE = {"directive", "fragment_spread"}
_TYPENAME: Any = parse("{ __typename }").definitions[0].selection_set.selections[0]  # type: ignore[attr-defined]


def _count(document: DocumentNode) -> int:
    counting = _Leave(-2)
    visit(document, counting)
    return counting.seen + 1


def _without_unused(document: DocumentNode) -> DocumentNode:
    """Drop fragments and variables that nothing uses any more."""
    definitions = list(document.definitions)
    while True:
        text = " ".join(print_ast(node) for node in definitions)
        kept = [
            node
            for node in definitions
            if node.kind != "fragment_definition" or f"...{node.name.value} " in f"{text} ".replace("\n", " ")  # type: ignore[attr-defined]
        ]
        if len(kept) == len(definitions):
            break
        definitions = kept
    operation: Any = definitions[0]
    body = " ".join([print_ast(operation.selection_set), *(print_ast(node) for node in definitions[1:])])
    used = [
        one
        for one in operation.variable_definitions or ()
        if any(f"${one.variable.name.value}{end}" in body for end in (")", ",", " ", "]", "}", "\n"))
    ]
    members = {key: getattr(operation, key) for key in operation.keys if key not in {"loc", "variable_definitions"}}
    changed = type(operation)(**members, variable_definitions=tuple(used))
    return DocumentNode(definitions=(changed, *definitions[1:]))
