"""Which subscriptions take turns at the database: those with a field that may wait, wherever it stands."""

import pytest

from graph.documents.operation import AdmittedOperation
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
    quick = admit('subscription A { quoteUpdated(symbols: ["AAPL"]) { cursor } }')
    slow = admit('subscription A { quoteUpdated(symbols: ["AAPL"]) { quote { price } } }')
    assert lanes.lane(SCHEMA, slow) is lanes.lane(SCHEMA, slow)
    assert lanes.lane(SCHEMA, slow) is not lanes.lane(SCHEMA, quick)


def test_a_document_is_walked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many subscribe with it; but not one whose name is too long to be kept."""
    asked: list[AdmittedOperation] = []

    def counted(_schema: object, admitted: AdmittedOperation) -> bool:
        asked.append(admitted)
        return True

    monkeypatch.setattr("graph.events.lanes.waits", counted)
    lanes = Lanes()
    for name in ("A", "A", "B", "N" * 300, "N" * 300):
        lanes.lane(SCHEMA, admit(f'subscription {name} {{ quoteUpdated(symbols: ["AAPL"]) {{ cursor }} }}'))
    assert [len(one.name or "") for one in asked] == [1, 1, 300, 300]
