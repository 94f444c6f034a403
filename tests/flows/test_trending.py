"""Query and `Stock.trend` show the snapshot that a job stored, at the cost of reading it."""

from datetime import timedelta

from storage import trending
from storage.deadline import Deadline
from storage.session import Session
from storage.terms import Timeframe
from storage.write_posts import write_posts
from tests.flows.conftest import Api
from tests.flows.market import NOW
from tests.storage.floods import post

QUERY = """query ($rankBy: TrendingRank!) {
  trending(rankBy: $rankBy, first: 100, minMentions: 1) {
    computedAt window { to }
    entries { rank previousRank mentionCount discountedCount previousMentionCount growth zScore stock { symbol } } }
  stock(symbol: "S003") { trend(rankBy: $rankBy, minMentions: 1) { rank mentionCount discountedCount } }
}"""


async def test_the_stored_snapshot_is_what_all_read(own_api: Api) -> None:
    """One statement reads the job's snapshot for list and entry; nothing is computed while it is fresh."""
    copies = [post(number, "S003", NOW - timedelta(hours=4), text="Buy S003!") for number in range(30)]
    await write_posts(own_api.database, copies)
    at = NOW - timedelta(seconds=150)
    stored = await trending.store(Session(own_api.database, Deadline.after(20)), Timeframe.DAY, at)
    answer = await own_api.ask(QUERY, rankBy="MENTIONS")
    snapshot = answer.data["trending"]
    assert snapshot["window"]["to"] == at.isoformat().replace("+00:00", "Z")
    assert len(snapshot["entries"]) == len(stored.entries)
    flooded = next(entry for entry in snapshot["entries"] if entry["stock"]["symbol"] == "S003")
    assert flooded["discountedCount"] == 29
    assert answer.data["stock"]["trend"] == {
        name: flooded[name] for name in ("rank", "mentionCount", "discountedCount")
    }
    assert sum("trending_snapshots" in statement for statement in answer.sql) == 1
    assert len(answer.sql) == 3  # the snapshot, the stock, and the stocks of the entries


async def test_a_list_by_itself_is_one_statement(own_api: Api) -> None:
    """It shows what it does beside other lists, by every measure: the database ranks it, and brings its stocks."""
    list_ = """trending(rankBy: $rankBy, first: 10, minMentions: 1) { computedAt rankBy window { from to }
      entries { rank previousRank mentionCount previousMentionCount discountedCount growth zScore averageScore
        sentimentRank stock { symbol name marketCap } } }"""
    await own_api.ask("{ trending { computedAt } }")  # the first reader computes the snapshot
    for rank_by in ("MENTIONS", "GROWTH", "SENTIMENT", "Z_SCORE"):
        both = f"query ($rankBy: TrendingRank!) {{ {list_} other: {list_} }}"
        beside = await own_api.ask(both, rankBy=rank_by)
        alone = await own_api.ask(f"query ($rankBy: TrendingRank!) {{ {list_} }}", rankBy=rank_by)
        assert alone.data["trending"] == beside.data["trending"] == beside.data["other"]
        assert len(alone.data["trending"]["entries"]) == 10
        assert (len(alone.sql), len(beside.sql)) == (1, 2)


async def test_previous_ranks_belong_to_mentions_only(own_api: Api) -> None:
    """Ranked by another measure, an entry has no previous rank, and the snapshot is the same."""
    by_mentions = (await own_api.ask(QUERY, rankBy="MENTIONS")).data["trending"]
    by_growth = (await own_api.ask(QUERY, rankBy="GROWTH")).data["trending"]
    assert by_mentions["computedAt"] == by_growth["computedAt"]
    assert all(entry["previousRank"] is not None for entry in by_mentions["entries"] if entry["previousMentionCount"])
    assert all(entry["previousRank"] is None for entry in by_growth["entries"])


async def test_a_stock_that_nobody_mentioned_has_no_trend(own_api: Api) -> None:
    """Neither an entry nor an error, under every ranking; its neighbour has one."""
    for rank_by in ("MENTIONS", "GROWTH", "SENTIMENT", "Z_SCORE"):
        answer = await own_api.ask(
            """query ($rankBy: TrendingRank!) {
              quiet: stock(symbol: "S001") { symbol sentiment { mentionCount }
                trend(rankBy: $rankBy, minMentions: 1) { rank } }
              loud: stock(symbol: "S117") { trend(minMentions: 1) { rank } } }""",
            rankBy=rank_by,
        )
        assert answer.data["quiet"] == {"symbol": "S001", "sentiment": {"mentionCount": 0}, "trend": None}
        assert answer.data["loud"]["trend"]["rank"] >= 1
