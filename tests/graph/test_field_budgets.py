"""Budgets of fields: whatever waits for data of its own has one."""

from graphql import is_non_null_type, is_object_type

from graph.field_budgets import field_seconds
from graph.schema import build_schema
from ops.settings import Settings
from resolvers.batched import BATCH

SCHEMA = build_schema(Settings())._schema
AT_HAND = {
    "PageInfo.startCursor": "made of the page's first row",
    "PageInfo.endCursor": "made of the page's last row",
    "MentionUpdate.mention": "travels with its event",
    "MentionUpdate.gap": "travels with its event",
    "QuoteUpdate.gap": "travels with its event",
    "TrendingUpdate.gap": "travels with its event",
}


def test_every_field_that_waits_for_data_of_its_own_has_a_budget() -> None:
    """Such fields are nullable and resolve by columns; those that do and wait for nothing are named above."""
    waiting = set()
    for type_ in SCHEMA.type_map.values():
        if is_object_type(type_):
            for name, field in type_.fields.items():
                definition = field.extensions.get("strawberry-definition")
                if definition is not None and BATCH in definition.metadata and not is_non_null_type(field.type):
                    waiting.add(f"{type_.name}.{name}")
    assert waiting >= set(AT_HAND)
    assert set(field_seconds(SCHEMA)) == waiting - set(AT_HAND)
    assert {f"Query.{name}" for name in SCHEMA.query_type.fields} <= waiting  # type: ignore[union-attr]


def test_budgets_are_in_seconds() -> None:
    """What the schema states in milliseconds is read in seconds."""
    assert field_seconds(SCHEMA)["Stock.quote"] == 0.05
    assert field_seconds(SCHEMA)["StockConnection.totalCount"] == 0.15
