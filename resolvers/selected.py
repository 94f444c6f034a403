"""What a document asks for: enough to leave columns unread that nobody will look at.

What was found out stands beside the document's own node and lives as long: to look through the nodes of a page takes
as long as to read its rows from memory.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from resolvers.info import Info

_BELOW = "insitechart_names_below"


def names_below(info: Info) -> Mapping[str, int]:
    """Return how often each field's name stands at any depth below the resolved one, skipped or not."""
    raw = info._raw_info  # noqa: SLF001 - `info.selected_fields` would build an object for each of them
    nodes: list[FieldNode] = raw.field_nodes
    if len(nodes) > 1:
        return _names([node.selection_set for node in nodes], raw.fragments)
    return _remembered(nodes[0], raw.fragments)


def names_in_operation(info: Info) -> Mapping[str, int]:
    """Return how often each field's name stands in the whole operation, in each fragment once."""
    raw = info._raw_info  # noqa: SLF001 - as above
    return _remembered(raw.operation, raw.fragments)


def _remembered(
    node: FieldNode | OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Mapping[str, int]:
    attributes = vars(node)
    found: Mapping[str, int] | None = attributes.get(_BELOW)
    if found is None:
        found = attributes[_BELOW] = _names([node.selection_set], fragments)
    return found


def _names(
    pending: list[SelectionSetNode | None], fragments: Mapping[str, FragmentDefinitionNode]
) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    seen: set[str] = set()
    while pending:
        for selection in _selections(pending.pop()):
            match selection:
                case FieldNode():
                    found[selection.name.value] += 1
                    pending.append(selection.selection_set)
                case InlineFragmentNode():
                    pending.append(selection.selection_set)
                case FragmentSpreadNode() if selection.name.value not in seen:
                    seen.add(selection.name.value)
                    pending.append(fragments[selection.name.value].selection_set)
    return found


def _selections(selections: SelectionSetNode | None) -> Sequence[SelectionNode]:
    return () if selections is None else selections.selections
