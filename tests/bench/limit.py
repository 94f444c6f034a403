"""The practical limit: the shapes by hand in Starlette, asyncpg and orjson, byte for byte what the API answers.

`python -m tests.bench.limit PORT` serves it under uvicorn, uvloop and httptools with INSITECHART_DATABASE_URL.
"""

import gc
import os
import sys
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Any

import asyncpg
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from storage.terms import Timeframe
from storage.trending_windows import windows_of
from tests.bench import limit_statements as sql

TICK = 10
"""Seconds to which the API floors a request's instant by default."""
_HOUR = timedelta(hours=1)
Pool = asyncpg.Pool


def _json(data: dict[str, Any]) -> Response:
    body = orjson.dumps({"data": data}, option=orjson.OPT_UTC_Z)
    return Response(body, media_type="application/json")


def _window() -> tuple[datetime, datetime, datetime, datetime]:
    until = datetime.fromtimestamp(datetime.now(UTC).timestamp() // TICK * TICK, UTC)
    start = until - timedelta(days=1)
    first = start.replace(minute=0, second=0)
    return (first if first == start else first + _HOUR), until.replace(minute=0, second=0), start, until


def _quote(row: asyncpg.Record) -> dict[str, Any]:
    price, previous = row["price"], row["previous_close"]
    change = None if previous is None else price - previous
    percent = None if change is None or not previous else change / previous * 100
    return {"price": price, "change": change, "changePercent": percent, "volume": row["volume"]}


def _sentiment(row: asyncpg.Record) -> dict[str, Any]:
    count = row["mentions"]
    error = None
    if count > 1:
        error = sqrt((count * row["squares"] - row["scores"] ** 2) / (count * (count - 1)) / count) / 10_000
    return {
        "mentionCount": count,
        "averageScore": row["scores"] / count / 10_000 if count else None,
        "standardError": error,
        "positive": row["positive"],
        "neutral": row["neutral"],
        "negative": row["negative"],
    }


def _mention(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "source": row["source"].upper(),
        "community": row["community"],
        "author": row["author"],
        "text": row["text"],
        "score": row["score"] / 10_000,
        "label": row["label"].upper(),
        "postedAt": row["posted_at"],
        "engagement": row["engagement"],
    }


async def watchlist(request: Request) -> Response:
    """50 stocks with quote, sentiment and 5 mentions each: four statements, one connection."""
    symbols = orjson.loads(await request.body())["symbols"]
    pool: Pool[asyncpg.Record] = request.app.state.pool
    async with pool.acquire() as connection:
        stocks = await connection.fetch(sql.STOCKS, symbols)
        quotes = await connection.fetch(sql.QUOTES, symbols)
        sentiments = await connection.fetch(sql.SENTIMENT, symbols, *_window())
        mentions = await connection.fetch(sql.MENTIONS, symbols, 5)
    quote_of = {row["symbol"]: _quote(row) for row in quotes}
    sentiment_of = {row["symbol"]: _sentiment(row) for row in sentiments}
    mentions_of = defaultdict(list)
    for row in mentions:
        mentions_of[row["symbol"]].append(_mention(row))
    nodes = [
        {
            "symbol": row["symbol"],
            "name": row["name"],
            "exchange": row["exchange"],
            "sector": row["sector"],
            "quote": quote_of.get(row["symbol"]),
            "sentiment": sentiment_of[row["symbol"]],
            "mentions": {"nodes": mentions_of[row["symbol"]]},
        }
        for row in stocks
    ]
    return _json({"stocks": {"nodes": nodes}})


async def stock_page(request: Request) -> Response:
    """One stock with 100 candles, sentiment and 20 mentions."""
    symbol = request.path_params["symbol"]
    pool: Pool[asyncpg.Record] = request.app.state.pool
    async with pool.acquire() as connection:
        stock = await connection.fetchrow(sql.STOCK, symbol)
        candles = await connection.fetch(sql.CANDLES, symbol)
        (sentiment,) = await connection.fetch(sql.SENTIMENT, [symbol], *_window())
        mentions = await connection.fetch(sql.MENTIONS, [symbol], 20)
    if stock is None:
        return _json({"stock": None})
    candles.reverse()
    return _json(
        {
            "stock": {
                "symbol": symbol,
                "name": stock["name"],
                "prices": {"nodes": [dict(row) for row in candles]},
                "sentiment": _sentiment(sentiment),
                "mentions": {"nodes": [_mention(row) for row in mentions]},
            }
        }
    )


async def single_stock(request: Request) -> Response:
    """One row."""
    pool: Pool[asyncpg.Record] = request.app.state.pool
    row = await pool.fetchrow(sql.STOCK, request.path_params["symbol"])
    if row is None:
        return _json({"stock": None})
    symbol, name, exchange, sector, industry, cap = row
    stock = {"symbol": symbol, "name": name, "exchange": exchange, "sector": sector}
    return _json({"stock": {**stock, "industry": industry, "marketCap": cap}})


async def trending(request: Request) -> Response:
    """The leaders of the newest snapshot."""
    pool: Pool[asyncpg.Record] = request.app.state.pool
    rows = await pool.fetch(sql.TRENDING)
    window = {"from": rows[0]["window_from"], "to": rows[0]["window_to"]}
    found = {"window": window, "computedAt": rows[0]["computed_at"], "entries": [_leader(row) for row in rows]}
    return _json({"trending": found})


async def trending_of_raw_rows(request: Request) -> Response:
    """The leaders of the window that ends at `until`, counted anew, as without snapshots and roll-ups."""
    pool: Pool[asyncpg.Record] = request.app.state.pool
    windows = windows_of(Timeframe.DAY, datetime.fromisoformat(request.query_params["until"]))
    rows = await pool.fetch(
        sql.TRENDING_RAW,
        list(range(len(windows.all))),
        [window.start for window in windows.all],
        [window.end for window in windows.all],
        list(windows.baseline),
    )
    return _json({"trending": {"entries": [_leader(row) for row in rows]}})


def _leader(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "rank": row["rank"],
        "previousRank": row["previous_rank"],
        "mentionCount": row["mention_count"],
        "previousMentionCount": row["previous_mention_count"],
        "growth": row["growth"],
        "zScore": row["z_score"],
        "averageScore": row["score_sum"] / row["mention_count"] / 10_000,
        "sentimentRank": row["sentiment_rank"],
        "stock": {"symbol": row["symbol"], "name": row["name"]},
    }


async def _keep(_connection: Any) -> None:
    """Reset nothing between leases, which would cost a statement each: no session state is ever changed."""


@asynccontextmanager
async def _pool(app: Starlette) -> AsyncGenerator[None, None]:
    settings = {"jit": "off", "random_page_cost": "1.1", "timezone": "UTC"}
    url = os.environ["INSITECHART_DATABASE_URL"]
    options: dict[str, Any] = {"min_size": 10, "max_size": 10, "server_settings": settings}
    async with asyncpg.create_pool(url, reset=_keep, **options) as pool:
        app.state.pool = pool
        gc.collect()
        gc.freeze()
        yield


application = Starlette(
    routes=[
        Route("/watchlist", watchlist, methods=["POST"]),
        Route("/pages/{symbol}", stock_page),
        Route("/stocks/{symbol}", single_stock),
        Route("/trending", trending),
        Route("/trending-of-raw-rows", trending_of_raw_rows),
    ],
    lifespan=_pool,
)

if __name__ == "__main__":
    uvicorn.run(
        application,
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=2_048,
        timeout_keep_alive=30,
    )
