"""Loads beside a running market: what it stored neither hides a gap nor outlives the span."""

from datetime import timedelta

from ingest.demo.load import Demo
from storage.database import Database
from storage.intake_items import CollectedBar, CollectedPost, CollectedQuote
from storage.rows import StockRow
from storage.terms import SentimentLabel
from storage.write_posts import MentionRecord, PostRecord, write_posts
from storage.write_prices import PriceRecord, write_prices
from storage.write_quotes import QuoteRecord, write_quotes
from storage.write_stocks import write_stocks
from tests.ingest.test_demo_load import BARS, HOUR, NOW, demo, emptied, read, state


async def play(database: Database, source: Demo, first: int, seconds: int) -> int:
    """Store what a running market brings, as a worker would; returns how many posts."""
    items = [item for second in range(first, first + seconds) for item in source.live.items(second)]
    await write_prices(
        database,
        [
            PriceRecord(
                each.symbol,
                each.width,
                each.time,
                each.open,
                each.high,
                each.low,
                each.close,
                each.volume,
                simulated=True,
            )
            for each in items
            if isinstance(each, CollectedBar)
        ],
    )
    await write_quotes(
        database,
        [
            QuoteRecord(each.symbol, each.price, each.at, None, each.volume, None, simulated=True)
            for each in items
            if isinstance(each, CollectedQuote)
        ],
    )
    posts = [each for each in items if isinstance(each, CollectedPost)]
    await write_posts(database, [_record(each) for each in posts])
    return len(posts)


def _record(post: CollectedPost) -> PostRecord:
    symbol = next(word for word in post.text.split() if word.startswith("$")).strip("$.,?!:")
    mention = MentionRecord(symbol, 0, SentimentLabel.NEUTRAL, (), "cashtag")
    return PostRecord(
        source=post.source, external_id=post.external_id, posted_at=post.posted_at, community=post.community,
        author=post.author, text=post.text, url=None, engagement=post.engagement, simulated=True, model="test",
        mentions=(mention,),
    )  # fmt: skip


LIVE = "SELECT count(*) FROM posts WHERE external_id LIKE 'demo-live-%'"
HISTORY = "SELECT source, external_id FROM posts WHERE external_id NOT LIKE 'demo-live-%' ORDER BY 1, 2"


async def test_a_top_up_beside_a_running_market_writes_what_a_full_load_writes(plain_database: Database) -> None:
    """Bars that had grown become whole, also after hours away, and no post of history is missing behind a live one."""
    await demo().load(plain_database, NOW)
    bars, posts = await read(plain_database, BARS), await read(plain_database, HISTORY)
    for away in (HOUR, 5 * HOUR, timedelta(minutes=15)):
        await emptied(plain_database)
        source = demo()
        await source.load(plain_database, NOW - away)
        assert await play(plain_database, source, int((NOW - away).timestamp()), 120) > 0
        await source.load(plain_database, NOW)
        full_hours = NOW.replace(minute=0, second=0)
        assert [row for row in await read(plain_database, BARS) if row[2] < full_hours] == bars
        assert await read(plain_database, HISTORY) == posts


async def test_what_was_live_goes_with_its_span(plain_database: Database) -> None:
    """Days later, live posts are gone as history's are, ledger included."""
    source = demo()
    await source.load(plain_database, NOW)
    assert await play(plain_database, source, int(NOW.timestamp()), 120) > 0
    assert await read(plain_database, LIVE) != [(0,)]
    await source.load(plain_database, NOW + 96 * HOUR)
    assert await read(plain_database, LIVE) == [(0,)]
    assert len((await state(plain_database))[1]) > 0


async def test_a_stock_that_becomes_real_loses_its_simulated_quote(plain_database: Database) -> None:
    """The next load takes it away, and the market stops to move that stock."""
    source = demo()
    await source.load(plain_database, NOW)
    second = int(NOW.timestamp())
    await play(plain_database, source, second, 60)
    ((real,),) = await read(plain_database, "SELECT min(symbol) FROM quotes")
    await write_stocks(plain_database, [StockRow(real, "Real", None, None, None, None, simulated=False)])
    await source.load(plain_database, NOW)
    assert await read(plain_database, "SELECT 1 FROM quotes WHERE symbol = $1", real) == []
    items = [item for each in range(second, second + 60) for item in source.live.items(each)]
    assert items
    assert not any(isinstance(item, CollectedQuote) and item.symbol == real for item in items)
