"""Search, ids, freshness and correlation: the fields that answer something other than a page or a window."""

from storage.terms import Source
from tests.flows.conftest import Api
from tests.flows.market import NOW, posts


async def test_search_says_why(api: Api) -> None:
    """A symbol, a prefix, a name and a slip of the finger each find their stock and say how."""
    answer = await api.ask("""{ symbol: searchStocks(text: "brk-b") { stock { symbol } reason }
        prefix: searchStocks(text: "s11", first: 3) { stock { symbol } reason score }
        name: searchStocks(text: "berkshire") { stock { symbol } reason }
        slip: searchStocks(text: "berkshre hathway") { stock { symbol } reason } }""")
    assert answer.data["symbol"][0] == {"stock": {"symbol": "BRK.B"}, "reason": "SYMBOL"}
    assert [match["stock"]["symbol"] for match in answer.data["prefix"]] == ["S110", "S111", "S112"]
    assert {match["reason"] for match in answer.data["prefix"]} == {"SYMBOL_PREFIX"}
    assert answer.data["name"] == [{"stock": {"symbol": "BRK.B"}, "reason": "NAME_PREFIX"}]
    assert answer.data["slip"] == [{"stock": {"symbol": "BRK.B"}, "reason": "SIMILAR"}]


async def test_ids_find_their_objects_again(api: Api) -> None:
    """Stocks and mentions come back by id; one that is gone is null, its neighbours stand."""
    query = '{ stock(symbol: "S117") { id mentions(first: 1) { nodes { id text } } } }'
    data = (await api.ask(query)).data["stock"]
    mention = data["mentions"]["nodes"][0]
    answer = await api.ask(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Mention { text stock { id } } } }",
        ids=[mention["id"], data["id"]],
    )
    assert answer.data["nodes"] == [
        {"__typename": "Mention", "id": mention["id"], "text": mention["text"], "stock": {"id": data["id"]}},
        {"__typename": "Stock", "id": data["id"]},
    ]


async def test_freshness_names_every_feed(api: Api) -> None:
    """Feeds with items have an age, feeds without are empty."""
    answer = await api.ask("{ freshness { feed newestAt lagSeconds status } }")
    found = {row["feed"]: row for row in answer.data["freshness"]}
    assert set(found) == {"YAHOO", "REDDIT", "X", "NEWS", "DEMO"}
    assert found["YAHOO"] == {
        "feed": "YAHOO",
        "newestAt": "2026-03-06T16:00:00Z",
        "lagSeconds": 5_020.0,
        "status": "STALLED",
    }
    assert found["DEMO"] == {"feed": "DEMO", "newestAt": None, "lagSeconds": None, "status": "EMPTY"}
    for source in Source:
        lag = min((NOW - post.posted_at).total_seconds() for post in posts() if post.source is source)
        row = found[source.name]
        assert (row["lagSeconds"], row["status"]) == (lag, "STALLED" if lag > 3_600 else "HEALTHY")


async def test_correlation_reports_its_pairs(api: Api) -> None:
    """With five days of bars there are too few pairs for an estimate, and the answer says how many there are."""
    answer = await api.ask("""{ stock(symbol: "S117") { correlation(days: 10, maxLagDays: 1) {
        volume { lags { lagDays n r } best { r } } } } }""")
    volume = answer.data["stock"]["correlation"]["volume"]
    assert [lag["lagDays"] for lag in volume["lags"]] == [-1, 0, 1]
    assert all(lag["r"] is None and 0 < lag["n"] < 10 for lag in volume["lags"])
    assert volume["best"] is None
