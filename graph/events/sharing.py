"""Which subscriptions ask alike: the same document, operation and variables, wherever each of them resumes.

Nothing here depends on who asks. A field whose answer does must bring the asker into the key.
"""

from collections.abc import Iterator

import msgspec
from graphql import FieldNode, Node, NullValueNode, ValueNode, VariableNode

from graph.documents.operation import AdmittedOperation
from graph.events.hub import Key

_RESUME = "after"


def sharing_key(admitted: AdmittedOperation) -> Key:
    """Return what two operations have in common that are executed once for both.

    A variable that only says where to resume is left out: it matters before the subscriber joins, and never again.
    """
    argument = _resume_argument(admitted)
    left_out = argument.name.value if isinstance(argument, VariableNode) else None
    if left_out is not None and sum(name == left_out for name in _used_variables(admitted)) > 1:
        left_out = None
    variables = {name: value for name, value in admitted.variables.items() if name != left_out}
    return admitted.digest, admitted.name, msgspec.json.encode(variables, order="deterministic")


def resumes(admitted: AdmittedOperation) -> bool:
    """Whether it goes on from a cursor, so that its arguments are its own."""
    root = admitted.operation.selection_set.selections[0]
    argument = _resume_argument(admitted)
    if isinstance(argument, VariableNode):
        return admitted.variables.get(argument.name.value) is not None
    return not isinstance(root, FieldNode) or not (argument is None or isinstance(argument, NullValueNode))


def _resume_argument(admitted: AdmittedOperation) -> ValueNode | None:
    root = admitted.operation.selection_set.selections[0]
    if not isinstance(root, FieldNode):
        return None
    return next((argument.value for argument in root.arguments or () if argument.name.value == _RESUME), None)


def _used_variables(admitted: AdmittedOperation) -> Iterator[str]:
    yield from _variables_below(admitted.operation.selection_set)
    for fragment in admitted.fragments.values():
        yield from _variables_below(fragment.selection_set)


def _variables_below(node: Node) -> Iterator[str]:
    if isinstance(node, VariableNode):
        yield node.name.value
    for key in node.keys:
        value = getattr(node, key, None)
        for child in value if isinstance(value, list | tuple) else (value,):
            if isinstance(child, Node):
                yield from _variables_below(child)
