"""A server around nothing but the IDE: the page, its files, and an endpoint that answers from a fixed market."""

import json
from pathlib import Path
from typing import Any

from graphql import build_schema, graphql_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from graph.ide import ide_assets, ide_page
from ops.settings import Settings

_SCHEMA = build_schema('''
"""Where every question starts."""
type Query {
  "One page of stocks."
  stocks(first: Int): StockConnection
  trending(timeframe: Timeframe! = DAY, first: Int! = 20): TrendingSnapshot
  stock(symbol: String!): Stock
}
type StockConnection { nodes: [Stock!]! }
type Stock { symbol: String! name: String! quote: Quote sentiment(timeframe: Timeframe! = DAY): SentimentSummary }
type Quote { price: Float! changePercent: Float at: String! }
type SentimentSummary { mentionCount: Int! averageScore: Float }
type TrendingSnapshot { computedAt: String! entries: [TrendingStock!]! }
type TrendingStock { rank: Int! mentionCount: Int! stock: Stock }
enum Timeframe { HOUR DAY WEEK MONTH }
''')

_STOCK = {
    "symbol": "NVDA",
    "name": "Nvidia <b>bold</b>",
    "quote": {"price": 181.25, "changePercent": -0.4, "at": "2026-01-05T20:00:00Z"},
    "sentiment": {"mentionCount": 12, "averageScore": 0.31},
}
_MARKET: dict[str, Any] = {
    "stocks": {"nodes": [_STOCK]},
    "stock": lambda _info, symbol: _STOCK if symbol == "NVDA" else None,
    "trending": {
        "computedAt": "2026-01-05T20:00:00Z",
        "entries": [{"rank": 1, "mentionCount": 12, "stock": _STOCK}],
    },
}
PLAN: dict[str, Any] = json.loads((Path(__file__).parents[2] / "clients/graphiql/tests/watchlist.json").read_bytes())
"""What `extensions.plan` of each answer is to a request that asks for it."""


async def _endpoint(request: Request) -> Response:
    if request.method == "GET":
        body, headers = ide_page(Settings(environment="development"))
        return Response(body, headers={name.decode(): value.decode() for name, value in headers})
    asked = json.loads(await request.body())
    result = graphql_sync(
        _SCHEMA,
        asked["query"],
        _MARKET,
        variable_values=asked.get("variables"),
        operation_name=asked.get("operationName"),
    )
    answer: dict[str, Any] = {**result.formatted}
    if result.data is not None and "plan" in request.headers.get("x-insitechart-extensions", ""):
        answer["extensions"] = {"plan": PLAN, "cost": {"cost": 101, "limit": 10_000}}
    return JSONResponse(answer, 400 if result.data is None else 200)


async def _socket(socket: WebSocket) -> None:
    await socket.accept(subprotocol="graphql-transport-ws")
    await socket.close()


app = Starlette(
    routes=[
        Mount("/graphql/assets", ide_assets),
        Route("/graphql", _endpoint, methods=["GET", "POST"]),
        WebSocketRoute("/graphql", _socket),
    ]
)
