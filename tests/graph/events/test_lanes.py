"""Which subscriptions take turns at the database: those with a field that may wait, wherever it stands."""

import pytest

from graph.events.lanes import Lanes, waits
from graph.schema import build_schema
from ops.settings import Settings
from tests.graph.events.test_sharing import admit

SCHEMA = build_schema(Settings())._schema
START = 'subscription { mentionAdded(symbols: ["AAPL"]) '


@pytest.mark.parametrize(
    ("document", "answer"),
    [
        (START + "{ cursor __typename mention { id text evidence { word } } gap { dropped } } }", False),
        (START + "{ mention { stock { symbol } } } }", True),
        (START + "{ mention { ... on Mention { stock { symbol } } } } }", True),
        (START + "{ mention { ... on Node { id } } } }", True),
        (START + "{ ...F } } fragment F on MentionUpdate { mention { stock @include(if: false) { symbol } } }", True),
        (START + "{ ...F } } fragment F on MentionUpdate { cursor }", False),
        ('subscription { quoteUpdated(symbols: ["AAPL"]) { cursor } }', False),
        ('subscription { quoteUpdated(symbols: ["AAPL"]) { quote { price } } }', True),
        ("subscription { ...R } fragment R on Subscription { trendingUpdated { gap { from } } }", False),
        ("subscription { trendingUpdated { snapshot { computedAt } } }", True),
    ],
)
def test_a_field_that_may_wait_is_found(document: str, *, answer: bool) -> None:
    """In fragments, behind directives; an abstract type counts as one that hides such a field."""
    assert waits(SCHEMA, admit(document)) is answer


def test_there_are_two_lanes() -> None:
    """All of a kind share one."""
    lanes = Lanes()
    assert lanes.lane(waits=True) is lanes.lane(waits=True)
    assert lanes.lane(waits=True) is not lanes.lane(waits=False)
