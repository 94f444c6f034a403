"""What documents ask for below a field, and the columns that are left unread for it."""

from typing import Any

import strawberry
from graphql import FieldNode, FragmentDefinitionNode, OperationDefinitionNode, parse

from resolvers.mention import DETAILS, Mention
from resolvers.selected import names_below
from storage.rows import BriefMentionRow, MentionRow


class _Raw:
    def __init__(self, text: str) -> None:
        document = parse(text)
        (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
        self.field_nodes = [each for each in operation.selection_set.selections if isinstance(each, FieldNode)]
        self.fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }


def _below(text: str) -> set[str]:
    info: Any = strawberry.Info(_raw_info=_Raw(text), _field=None)  # type: ignore[arg-type]  # all that is looked at
    return names_below(info)


def test_every_field_below_is_found() -> None:
    """At any depth, of each node of a merged field, under its own name, in fragments of both kinds, skipped or not."""
    assert _below(
        """
        query ($not: Boolean!) {
          mentions { a alias: b { c @skip(if: $not) } ... on Mention { d { e } } ...F ...F }
          mentions { g ...H }
        }
        fragment F on Mention { f ...H }
        fragment H on Mention { h { i } }
        """
    ) == set("abcdefghi")


def test_a_field_without_a_selection_has_nothing_below() -> None:
    """A leaf asks for nothing."""
    assert _below("{ mentions }") == set()


def test_details_are_what_brief_rows_lack() -> None:
    """A field that is missing here would be answered with an error wherever a brief row was read."""
    fields = Mention.__strawberry_definition__.fields  # type: ignore[attr-defined]  # strawberry's decorator adds it
    own = {field.python_name: field.graphql_name or field.python_name for field in fields}
    lacking = {name for name in own if hasattr(MentionRow, name) and not hasattr(BriefMentionRow, name)}
    assert {own[name] for name in lacking} == DETAILS
