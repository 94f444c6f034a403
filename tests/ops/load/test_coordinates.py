"""Paths of documents as fields of the schema."""

from graph.schema import build_schema
from ops.budgets import load_budgets
from ops.load.coordinates import coordinates
from ops.load.fields import Fields
from ops.load.scrape import Times
from ops.settings import Settings

SCHEMA = build_schema(Settings())._schema
TEXT = """
query Mixed { first: stock(symbol: "A") { ...Prices } node(id: "x") { id ... on Stock { symbol quote { price } } } }
fragment Prices on Stock { now: quote { price } mentions { nodes { stock { __typename name } } } }
"""


def test_aliases_fragments_and_interfaces() -> None:
    """Paths are of response keys, coordinates of the type that has the field, whichever way it was selected."""
    assert coordinates(SCHEMA, TEXT) == {
        "first": "Query.stock",
        "first.now": "Stock.quote",
        "first.now.price": "Quote.price",
        "first.mentions": "Stock.mentions",
        "first.mentions.nodes": "MentionConnection.nodes",
        "first.mentions.nodes.stock": "Mention.stock",
        "first.mentions.nodes.stock.name": "Stock.name",
        "node": "Query.node",
        "node.id": "Node.id",
        "node.symbol": "Stock.symbol",
        "node.quote": "Stock.quote",
        "node.quote.price": "Quote.price",
    }


def test_a_line_finds_its_budget() -> None:
    """By the document's paths, by the coordinate that shared operations have for a path, or that of the operation."""
    budgets = load_budgets()
    fields = Fields({"Mixed": coordinates(SCHEMA, TEXT)}, {"Stock.quote": 0.05}, budgets.operation_seconds)
    times = Times((0.05, 0.1), (0.0, 10.0, 0.0))
    found = [
        fields.line(*names, times)
        for names in (("Mixed", "first.now"), ("other", "Stock.quote"), ("Mixed", "node"), ("StockPage", "unknown"))
    ]
    assert [(one.coordinate, one.budget_ms, one.budget_of) for one in found] == [
        ("Stock.quote", 50, "field"),
        ("Stock.quote", 50, "field"),
        ("Query.node", 1500, "operation"),
        (None, 500, "operation"),
    ]
    assert (found[0].p90_ms, found[0].used, found[0].count) == (95, 1.9, 10)
