"""What operations cost, counted at the driver: an N+1 is a red test."""

import pytest

from tests.flows.conftest import Api

WATCHLIST = """
query ($first: Int!) {
  stocks(first: $first) {
    nodes {
      symbol
      quote { price changePercent }
      sentiment(timeframe: DAY) { mentionCount averageScore bySource { source mentionCount } }
      mentions(first: 5) { nodes { text score postedAt } }
    }
  }
}
"""


@pytest.mark.parametrize("first", [1, 50, 100])
async def test_a_watchlist_costs_four_statements(api: Api, first: int) -> None:
    """Page, quotes, sentiment and mentions: four statements and four batches at any page size."""
    answer = await api.ask(WATCHLIST, first=first)
    assert len(answer.data["stocks"]["nodes"]) == first
    assert len(answer.sql) == 4
    batches = ["BriefMentionPageBySymbol", "QuoteBySymbol", "SentimentBySymbol", "StockPageByFilter"]
    assert sorted(answer.batches) == batches


async def test_symbols_that_the_page_shows_are_not_looked_up(api: Api) -> None:
    """Stocks chosen by symbol cost one statement; only those that the page does not show are asked about beside it."""
    query = """query ($symbols: [String!]!, $n: Int!) {
        stocks(filter: {symbols: $symbols}, first: $n) { nodes { symbol } } }"""
    whole = await api.ask(query, symbols=["S001", "s002", "BRK-B"], n=3)
    assert [stock["symbol"] for stock in whole.data["stocks"]["nodes"]] == ["BRK.B", "S001", "S002"]
    assert len(whole.sql) == 1
    part = await api.ask(query, symbols=["S001", "s002", "BRK-B"], n=2)
    assert len(part.data["stocks"]["nodes"]) == 2
    assert len(part.sql) == 2
    assert (await api.ask(query, symbols=["S001", "NONE"], n=3)).error["code"] == "UNKNOWN_SYMBOL"


async def test_each_argument_set_is_one_statement(api: Api) -> None:
    """Three windows of sentiment under aliases are one batch of three statements, two equal ones share theirs."""
    answer = await api.ask("""{ stocks(first: 20) { nodes {
        hour: sentiment(timeframe: HOUR) { mentionCount }
        day: sentiment(timeframe: DAY) { mentionCount }
        again: sentiment(timeframe: DAY) { averageScore }
        week: sentiment(timeframe: WEEK, source: REDDIT) { mentionCount }
    } } }""")
    assert len(answer.data["stocks"]["nodes"]) == 20
    assert len(answer.sql) == 1 + 3
    assert answer.batches == ["StockPageByFilter", "SentimentSumBySymbol"]


async def test_sources_and_their_sum_are_one_statement(api: Api) -> None:
    """One window, once by source and once in one sum: read by source, once, and both agree."""
    answer = await api.ask("""{ stocks(first: 20) { nodes {
        whole: sentiment(timeframe: WEEK) { mentionCount }
        parts: sentiment(timeframe: WEEK) { bySource { mentionCount } }
    } } }""")
    alone = await api.ask("{ stocks(first: 20) { nodes { whole: sentiment(timeframe: WEEK) { mentionCount } } } }")
    assert answer.batches == ["StockPageByFilter", "SentimentBySymbol"]
    wholes = [stock["whole"] for stock in answer.data["stocks"]["nodes"]]
    parts = [stock["parts"]["bySource"] for stock in answer.data["stocks"]["nodes"]]
    assert [{"mentionCount": sum(one["mentionCount"] for one in each)} for each in parts] == wholes
    assert [stock["whole"] for stock in alone.data["stocks"]["nodes"]] == wholes
    assert any(len(each) > 1 for each in parts)


async def test_argument_sets_of_a_full_page_stay_one_statement_each(api: Api) -> None:
    """Twenty-eight argument sets on a hundred stocks are one statement each, though they are thousands of keys."""
    fields = " ".join(f"m{size}: mentions(first: {size}) {{ pageInfo {{ hasNextPage }} }}" for size in range(1, 29))
    answer = await api.ask(f"{{ stocks(first: 100) {{ nodes {{ {fields} }} }} }}")
    assert len(answer.data["stocks"]["nodes"]) == 100
    assert len(answer.sql) == 1 + 28
    assert answer.batches == ["StockPageByFilter", "BriefMentionPageBySymbol"]


async def test_total_count_costs_nothing_unless_asked(api: Api) -> None:
    """A count is a statement of its own, batched over all parents, and only there when selected."""
    plain = await api.ask("{ stocks(first: 10) { nodes { mentions(first: 1) { nodes { id } } } } }")
    counted = await api.ask("{ stocks(first: 10) { totalCount nodes { mentions(first: 1) { totalCount } } } }")
    assert len(plain.sql) == 2
    assert len(counted.sql) == 4
    assert counted.data["stocks"]["totalCount"] == 121


async def test_stocks_met_again_are_not_read_again(api: Api) -> None:
    """The page's own rows answer the stocks of its mentions."""
    answer = await api.ask("{ stocks(first: 30) { nodes { mentions(first: 2) { nodes { stock { name } } } } } }")
    assert answer.data["stocks"]["nodes"][4]["mentions"]["nodes"][0]["stock"]["name"] == "Company 003 Incorporated"
    assert len(answer.sql) == 2


async def test_nodes_of_one_type_are_read_together(api: Api) -> None:
    """Fifty ids of stocks cost one statement."""
    ids = [node["id"] for node in (await api.ask("{ stocks(first: 50) { nodes { id } } }")).data["stocks"]["nodes"]]
    answer = await api.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Stock { symbol } } }", ids=ids)
    assert [node["id"] for node in answer.data["nodes"]] == ids
    assert len(answer.sql) == 1


async def test_trending_and_every_trend_share_one_snapshot(api: Api) -> None:
    """A list and the entries of its stocks come from one snapshot: the stocks and the snapshot, however many ask."""
    query = """{ trending(first: 5) { window { from to } entries { rank mentionCount stock { symbol trend { rank } } } }
                 stocks(first: 20) { nodes { trend { rank } } } }"""
    await api.ask(query)  # the first reader computes the snapshot
    answer = await api.ask(query)
    entries = answer.data["trending"]["entries"]
    assert [entry["rank"] for entry in entries] == [1, 2, 3, 4, 5]
    assert all(entry["stock"]["trend"]["rank"] == entry["rank"] for entry in entries)
    assert answer.batches.count("SnapshotByTimeframe") == 1
    assert len(answer.sql) <= 4
