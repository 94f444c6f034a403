"""The watchlist by hand: loops, dictionaries, orjson. What every executor is measured against."""

from typing import Any

import orjson

from tests.bench.engine_data import Store


def watchlist(store: Store, first: int) -> bytes:
    """Answer the watchlist."""
    return orjson.dumps({"data": {"stocks": [_stock(store, place) for place in range(first)]}}, option=orjson.OPT_UTC_Z)


def _stock(store: Store, place: int) -> dict[str, Any]:
    stock = store.stocks[place]
    quote = store.quotes[stock.symbol]
    sentiment = store.sentiments[stock.symbol]
    return {
        "symbol": stock.symbol,
        "name": stock.name,
        "sector": stock.sector,
        "marketCap": stock.market_cap,
        "quote": {
            "price": quote.price,
            "change": quote.change,
            "changePercent": quote.change_percent,
            "at": quote.at,
        },
        "sentiment": {
            "mentionCount": sentiment.mention_count,
            "averageScore": sentiment.average_score,
            "standardError": sentiment.standard_error,
            "positive": sentiment.positive,
            "neutral": sentiment.neutral,
            "negative": sentiment.negative,
        },
        "mentions": [
            {
                "source": mention.source,
                "community": mention.community,
                "author": mention.author,
                "text": mention.text,
                "score": mention.score,
                "label": mention.label,
                "postedAt": mention.posted_at,
                "engagement": mention.engagement,
            }
            for mention in store.mentions[stock.symbol]
        ],
    }
