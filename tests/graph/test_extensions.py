"""Extensions on request: what ran, what it cost, how fresh it is; outside development for the operator alone."""

from typing import Any

import pytest

from graph.extensions import ASKED
from graph.http.operator import TOKEN
from tests.graph.test_app import started

QUERY = '{ stock(symbol: "AAPL") { symbol } }'


async def test_they_come_when_asked_for(plain_database_url: str, redis_url: str) -> None:
    """Plan, cost and freshness stand beside the data; without the header the answer has no extensions."""
    async with started(database_url=plain_database_url, redis_url=redis_url) as client:
        asked = (await client.query(QUERY, **{ASKED: "plan, cost,freshness"})).json()  # first: rows are remembered
        plain = (await client.query(QUERY)).json()
    assert plain == {"data": {"stock": None}}
    extensions: dict[str, Any] = asked["extensions"]
    assert [(batch["loader"], batch["fields"]) for batch in extensions["plan"]["batches"]] == [
        ("StockBySymbol", ["stock"])
    ]
    assert [(one["name"], one["batch"]) for one in extensions["plan"]["statements"]] == [("stocks_by_symbols", 0)]
    (field,) = extensions["plan"]["fields"]  # although the document had not come before
    assert (field["path"], field["coordinate"], field["budget"]) == ("stock", "Query.stock", 50)
    assert extensions["cost"] == {"cost": 1, "limit": 10_000}
    assert extensions["freshness"] == []


async def test_a_plan_shows_what_memory_had(plain_database_url: str, redis_url: str) -> None:
    """The second time nothing runs, and the ledger says where the answer came from."""
    async with started(database_url=plain_database_url, redis_url=redis_url) as client:
        for _ in range(2):
            asked = (await client.query(QUERY, **{ASKED: "plan"})).json()
    plan = asked["extensions"]["plan"]
    assert (plan["batches"], plan["statements"], plan["calls"]) == ([], [], [])
    assert plan["remembered"] == [{"loader": "StockBySymbol", "keys": 1, "memory": 1, "fields": ["stock"]}]


async def test_fields_are_not_timed_where_settings_say_so(plain_database_url: str, redis_url: str) -> None:
    """Then no record has any, and batches name none."""
    off = {"tracing": {"fields": False}}
    async with started(database_url=plain_database_url, redis_url=redis_url, **off) as client:
        plan = (await client.query(QUERY, **{ASKED: "plan"})).json()["extensions"]["plan"]
    assert plan["fields"] == []
    assert [batch["fields"] for batch in plan["batches"]] == [[]]


@pytest.mark.parametrize(
    ("settings", "headers", "opened"),
    [
        ({"environment": "development"}, {}, True),
        ({"environment": "production"}, {}, False),
        ({"environment": "production"}, {TOKEN: ""}, False),
        ({"environment": "production", "operator_token": ""}, {}, False),
        ({"environment": "production", "operator_token": "sesame"}, {}, False),
        ({"environment": "production", "operator_token": "sesame"}, {TOKEN: "Sesame"}, False),
        ({"environment": "production", "operator_token": "sesame"}, {TOKEN: "sesame"}, True),
    ],
)
async def test_outside_development_they_need_the_token(
    plain_database_url: str, redis_url: str, settings: dict[str, str], headers: dict[str, str], *, opened: bool
) -> None:
    """Without the operator's token production refuses the header, and says which header is missing."""
    seal = {"seal_key": "a key of our own"}
    async with started(database_url=plain_database_url, redis_url=redis_url, **settings, **seal) as client:
        answer = await client.query(QUERY, **{ASKED: "cost"}, **headers)
    if opened:
        assert answer.json()["extensions"] == {"cost": {"cost": 1, "limit": 10_000}}
    else:
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST", "header": TOKEN}


async def test_a_misspelt_name_is_refused(plain_database_url: str, redis_url: str) -> None:
    """The error names the wrong one and the right ones."""
    async with started(database_url=plain_database_url, redis_url=redis_url) as client:
        answer = await client.query(QUERY, **{ASKED: "cots"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == f"{ASKED}: there is no 'cots'; there are plan, cost, freshness"
