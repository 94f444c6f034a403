"""Connections walked while the market goes on: what was there at the start is met once, whatever comes between."""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from storage.post_records import MentionRecord, PostRecord
from storage.rows import StockRow
from storage.terms import SentimentLabel, Source
from storage.write_posts import write_posts
from storage.write_prices import PriceRecord, write_prices
from storage.write_stocks import write_stocks
from tests.flows.conftest import Api
from tests.flows.market import NOW, STOCKS, symbol

PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
ARGUMENTS = "first: $first, after: $after, last: $last, before: $before"
VARIABLES = "$first: Int, $after: String, $last: Int, $before: String"
BUSY = '["S117", "S024"]'
WALKS = {
    "stocks": f"stocks({ARGUMENTS}, orderBy: {{field: MARKET_CAP, direction: DESC}}) {{ nodes {{ id }} {PAGE} }}",
    "mentions": f"mentions({ARGUMENTS}, filter: {{symbols: {BUSY}}}) {{ nodes {{ id }} {PAGE} }}",
    "searched": f'mentions({ARGUMENTS}, filter: {{text: "S117 great"}}) {{ nodes {{ id }} {PAGE} }}',
    "own mentions": f'stock(symbol: "S117") {{ mentions({ARGUMENTS}) {{ nodes {{ id }} {PAGE} }} }}',
    "candles": f'stock(symbol: "S117") {{ prices({ARGUMENTS}, bucket: HOUR) {{ nodes {{ id: time }} {PAGE} }} }}',
    "points": f'stock(symbol: "S117") {{ sentimentPoints({ARGUMENTS}) {{ nodes {{ id: time }} {PAGE} }} }}',
    "points across": f"sentimentPoints({ARGUMENTS}, symbols: {BUSY}) {{ nodes {{ id: time symbol }} {PAGE} }}",
}


async def page(api: Api, walk: str, **arguments: Any) -> tuple[list[tuple[str, ...]], dict[str, Any]]:
    """Return what a page holds, and its info."""
    data = (await api.ask(f"query ({VARIABLES}) {{ {WALKS[walk]} }}", **arguments)).data
    while "nodes" not in data:
        (data,) = data.values()
    return [tuple(node.values()) for node in data["nodes"]], data["pageInfo"]


async def walked(api: Api, walk: str, chance: random.Random, *, backward: bool, disturbed: bool) -> list[Any]:
    """Walk a connection to its end by pages of changing size, writing between them where `disturbed`."""
    met: list[tuple[str, ...]] = []
    cursor: str | None = None
    size, place, more = ("last", "before", "hasPreviousPage") if backward else ("first", "after", "hasNextPage")
    for _ in range(400):
        found, info = await page(api, walk, **{size: chance.choice([1, 3, 7, 23]), place: cursor})
        met = [*found, *met] if backward else [*met, *found]
        if not info[more]:
            return met
        cursor = info["startCursor" if backward else "endCursor"]
        if disturbed:
            await disturb(api, chance)
    raise AssertionError("the walk does not end")


async def disturb(api: Api, chance: random.Random) -> None:
    """List a stock, bring posts and a bar, each somewhere among the old ones."""
    number = chance.randrange(10**9)
    listed = StockRow(f"N{number}", "Newcomer", None, None, None, chance.randrange(STOCKS) * 10**9, simulated=False)
    await write_stocks(api.database, [listed])
    posts = [
        PostRecord(
            source=Source.X,
            external_id=f"{number}-{about}",
            posted_at=NOW - timedelta(seconds=chance.randrange(864_000)),
            community=None,
            author=None,
            text=f"{about} great news",
            url=None,
            engagement=None,
            simulated=False,
            model="test-1",
            mentions=(MentionRecord(about, 5_000, SentimentLabel.POSITIVE, (), "cashtag"),),
        )
        for about in (symbol(117), symbol(24))
    ]
    await write_posts(api.database, posts)
    hour = NOW.replace(minute=0, second=0) + timedelta(hours=chance.randrange(-240, 120))
    await write_prices(api.database, [PriceRecord(symbol(117), 3_600, hour, 9.0, 9.0, 9.0, 9.0, 1)])


@pytest.mark.parametrize("walk", WALKS)
async def test_a_walk_meets_the_old_once_while_new_ones_arrive(own_api: Api, walk: str) -> None:
    """Nothing is met twice, nothing that was there is missed, and the order is that of an undisturbed walk."""
    chance = random.Random(20)
    for backward in (False, True):
        await prove_stable(own_api, walk, chance, backward=backward)


async def prove_stable(api: Api, walk: str, chance: random.Random, *, backward: bool) -> None:
    """Compare a disturbed walk with undisturbed ones before and after it."""
    before = await walked(api, walk, chance, backward=backward, disturbed=False)
    during = await walked(api, walk, chance, backward=backward, disturbed=True)
    after = await walked(api, walk, chance, backward=backward, disturbed=False)
    assert len(before) > 40
    assert max(Counter(during).values()) == 1
    old = set(before)
    assert [one for one in during if one in old] == before
    met = set(during)
    assert [one for one in after if one in met] == during
    assert len(after) > len(before)
