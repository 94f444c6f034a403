"""The first look at an operation: what no plan can do, and the variables that @skip and @include depend on."""

from collections.abc import Mapping

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from graph.compiled.failure import Unsupported

_CONDITIONS = {"skip", "include"}


def condition_variables(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> tuple[str, ...]:
    """Return the names of the variables that decide which fields there are. Raises Unsupported."""
    if operation.directives:
        raise Unsupported(f"directive @{operation.directives[0].name.value} on an operation")
    names: set[str] = set()
    seen: set[str] = set()
    waiting = [operation.selection_set]
    while waiting:
        for selection in waiting.pop().selections:
            names.update(_conditions(selection.directives))
            inner = _inner(selection, fragments, seen)
            if inner is not None:
                waiting.append(inner)
    return tuple(sorted(names))


def _inner(
    selection: object, fragments: Mapping[str, FragmentDefinitionNode], seen: set[str]
) -> SelectionSetNode | None:
    if isinstance(selection, FieldNode):
        if selection.name.value in {"__schema", "__type"}:
            raise Unsupported("introspection")
        return selection.selection_set
    if isinstance(selection, InlineFragmentNode):
        return selection.selection_set
    if isinstance(selection, FragmentSpreadNode):
        name = selection.name.value
        fragment = fragments.get(name)
        if fragment is None or name in seen:
            return None
        if fragment.variable_definitions or getattr(selection, "arguments", None):
            raise Unsupported("fragment arguments")
        seen.add(name)
        return fragment.selection_set
    raise Unsupported(f"selection {type(selection).__name__}")


def _conditions(directives: tuple[DirectiveNode, ...] | None) -> set[str]:
    names: set[str] = set()
    for directive in directives or ():
        if directive.name.value not in _CONDITIONS:
            raise Unsupported(f"directive @{directive.name.value}")
        names.update(
            argument.value.name.value
            for argument in directive.arguments or ()
            if isinstance(argument.value, VariableNode)
        )
    return names
