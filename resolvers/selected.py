"""What a document asks for below a field: enough to leave columns unread that nobody will look at."""

from collections.abc import Sequence

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionNode, SelectionSetNode

from resolvers.info import Info


def names_below(info: Info) -> set[str]:
    """Return the names of all fields at any depth below the resolved one, those that are skipped included."""
    raw = info._raw_info  # noqa: SLF001 - `info.selected_fields` would build an object for each of them
    found: set[str] = set()
    seen: set[str] = set()
    pending: list[SelectionSetNode | None] = [node.selection_set for node in raw.field_nodes]
    while pending:
        for selection in _selections(pending.pop()):
            match selection:
                case FieldNode():
                    found.add(selection.name.value)
                    pending.append(selection.selection_set)
                case InlineFragmentNode():
                    pending.append(selection.selection_set)
                case FragmentSpreadNode() if selection.name.value not in seen:
                    seen.add(selection.name.value)
                    pending.append(raw.fragments[selection.name.value].selection_set)
    return found


def _selections(selections: SelectionSetNode | None) -> Sequence[SelectionNode]:
    return () if selections is None else selections.selections
