"""What the API says of a mention once retention has cleared its text."""

from datetime import timedelta

from storage.retention import clear_texts
from storage.terms import Source
from tests.flows.conftest import Api
from tests.flows.market import NOW

QUERY = """query ($symbol: String!) {
  stock(symbol: $symbol) {
    sentiment(timeframe: MONTH) { mentionCount averageScore standardError positive neutral negative }
    mentions(first: 100) { totalCount nodes { id score label author url reason } } } }"""
FOUND = """query ($filter: MentionFilter!) {
  mentions(filter: $filter, first: 100) { nodes { id text postedAt evidence { word } } } }"""
BY_ID = "query ($id: ID!) { node(id: $id) { ... on Mention { id text score evidence { word weight } } } }"
BEFORE = NOW - timedelta(days=5)


async def test_a_cleared_mention_counts_and_shows_no_words(own_api: Api) -> None:
    """A text filter does not find it any more; lists and `node` do, with no text; sums and scores are as they were."""
    before = (await own_api.ask(QUERY, symbol="S117")).data
    every = (await own_api.ask(FOUND, filter={"symbols": ["S117"]})).data["mentions"]["nodes"]
    word = every[0]["text"].split()[0]
    by_word = {"symbols": ["S117"], "text": word}
    assert len((await own_api.ask(FOUND, filter=by_word)).data["mentions"]["nodes"]) == len(every)

    cleared, position = 0, None
    while True:
        step = await clear_texts(own_api.database, dict.fromkeys(Source, BEFORE), position)
        cleared, position = cleared + step.texts, step.position
        if position is None:
            break
    assert cleared > 0

    assert (await own_api.ask(QUERY, symbol="S117")).data == before
    left = (await own_api.ask(FOUND, filter={"symbols": ["S117"]})).data["mentions"]["nodes"]
    assert [row["id"] for row in left] == [row["id"] for row in every]
    old = [row for row in left if row["text"] is None]
    assert 0 < len(old) < len(left)
    assert all(row["evidence"] == [] for row in old)
    assert [row for row in left if row["text"]] == [row for row in every if row["id"] not in {o["id"] for o in old}]
    still = (await own_api.ask(FOUND, filter=by_word)).data["mentions"]["nodes"]
    assert [row["id"] for row in still] == [row["id"] for row in left if row["text"]]
    shown = (await own_api.ask(BY_ID, id=old[0]["id"])).data["node"]
    assert (shown["id"], shown["text"], shown["evidence"]) == (old[0]["id"], None, [])
    assert shown["score"] == next(
        row["score"] for row in before["stock"]["mentions"]["nodes"] if row["id"] == old[0]["id"]
    )
