"""What documents ask for below a field, and the columns that are left unread for it."""

from typing import Any

import strawberry
from graphql import FieldNode, FragmentDefinitionNode, OperationDefinitionNode, parse

from resolvers.mention import DETAILS, Mention
from resolvers.selected import names_below, names_in_operation
from storage.rows import BriefMentionRow, MentionRow


class _Raw:
    def __init__(self, text: str) -> None:
        document = parse(text)
        (self.operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
        selections = self.operation.selection_set.selections
        self.field_nodes = [each for each in selections if isinstance(each, FieldNode)]
        self.fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }


def _info(text: str) -> Any:
    return strawberry.Info(_raw_info=_Raw(text), _field=None)  # type: ignore[arg-type]  # all that is looked at


def _below(text: str) -> set[str]:
    return set(names_below(_info(text)))


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


def test_the_same_node_is_looked_through_once() -> None:
    """What a plan asks for stays known, and each node of a document has its own."""
    info = _info("{ mentions { a { b } } }")
    assert names_below(info) is names_below(info)
    assert dict(names_below(info)) == {"a": 1, "b": 1}
    assert dict(names_in_operation(info)) == {"mentions": 1, "a": 1, "b": 1}


def test_an_operation_tells_how_often_it_names_a_field() -> None:
    """Aliases and fragments included, each fragment once: a list beside another is not alone."""
    info = _info("{ trending { a } other: trending { a } ...F ...F } fragment F on Query { trending { a } }")
    assert names_in_operation(info)["trending"] == 3
    assert names_in_operation(info)["trend"] == 0


def test_details_are_what_brief_rows_lack() -> None:
    """A field that is missing here would be answered with an error wherever a brief row was read."""
    fields = Mention.__strawberry_definition__.fields  # type: ignore[attr-defined]  # strawberry's decorator adds it
    own = {field.python_name: field.graphql_name or field.python_name for field in fields}
    lacking = {name for name in own if hasattr(MentionRow, name) and not hasattr(BriefMentionRow, name)}
    assert {own[name] for name in lacking} == DETAILS
