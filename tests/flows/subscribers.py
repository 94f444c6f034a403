"""The API with its event hub over real servers, and subscribers over sockets played by hand."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.types import ASGIApp

from graph.documents.admission import Documents
from graph.drain import Drain
from graph.engine import Engine
from graph.events.hub import Hub, open_hub
from graph.http.health import Readiness
from graph.routes import build_routes
from graph.schema import build_schema
from loaders.context import RequestContext, instant
from ops.metrics import Metrics, make_metrics
from ops.settings import Settings
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.event_items import Event, MentionEvent, QuoteEvent
from storage.events import publish
from storage.redis import RedisState, open_redis
from storage.rows import StockRow
from storage.session import Session
from storage.write_prices import PriceRecord, write_prices
from storage.write_stocks import write_stocks
from tests.asgi_exchange import Exchange, exchange, socket_scope, until
from tests.graph.events.mentions import mention

SYMBOLS = ("AAPL", "MSFT", "NVDA")
QUOTES = "subscription ($symbols: [String!]!, $after: String) { quoteUpdated(symbols: $symbols, after: $after)"
QUOTES += " { cursor stock { symbol } quote { price } gap { from to dropped } } }"
MENTIONS = "subscription ($symbols: [String!]!, $after: String) { mentionAdded(symbols: $symbols, after: $after)"
MENTIONS += " { cursor mention { text } gap { from to dropped } } }"
TRENDING = "subscription ($after: String, $rankBy: TrendingRank! = MENTIONS)"
TRENDING += " { trendingUpdated(timeframe: HOUR, rankBy: $rankBy, minMentions: 1, after: $after)"
TRENDING += " { cursor snapshot { entries { rank stock { symbol } } } gap { from to dropped } } }"


@dataclass(frozen=True, slots=True)
class Served:
    """An API over servers of the test's own."""

    app: ASGIApp
    hub: Hub
    redis: RedisState
    database: Database
    settings: Settings
    metrics: Metrics
    drain: Drain
    contexts: list[RequestContext]
    engine: Engine
    documents: Documents

    @property
    def statements(self) -> int:
        """SQL statements of all operations and events so far."""
        return sum(len(context.statements) for context in self.contexts)

    async def publish(self, *events: Event) -> None:
        """Publish events."""
        await publish(self.redis, events, self.settings.intake)

    async def mention(self, *numbers: int, symbol: str = "AAPL") -> None:
        """Publish mentions."""
        await self.publish(*(MentionEvent(mention(number, symbol)) for number in numbers))

    async def redis_only(self, symbol: str) -> None:
        """Publish that a price is there, and store none."""
        await self.publish(QuoteEvent(symbol))

    async def price(self, symbol: str, price: float) -> None:
        """Store a newer price, and publish that it is there."""
        await write_price(self.database, symbol, price)
        await self.publish(QuoteEvent(symbol))


class Subscriber:
    """One socket with one subscription or more."""

    def __init__(self, played: Exchange) -> None:
        self.played = played

    def subscribe(self, document: str, operation_id: str = "s", **variables: Any) -> None:
        """Ask."""
        payload = {"query": document, "variables": variables}
        self.played.say({"type": "subscribe", "id": operation_id, "payload": payload})

    async def update(self) -> Any:
        """Return the root field's value in the next result, which has no errors."""
        message = await self.played.heard()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        (value,) = message["payload"]["data"].values()
        return value

    async def error(self) -> Any:
        """Return the extensions of the error with which the subscription ends."""
        message = await self.played.heard()
        assert message["type"] == "error", message
        return message["payload"][0]["extensions"]

    async def silent(self) -> None:
        """Make sure that nothing waits to be heard: the answer to a ping is what comes next."""
        self.played.say({"type": "ping"})
        assert await self.played.heard() == {"type": "pong"}

    async def caught_up(self) -> None:
        """Pass over what was on its way, up to the answer to a ping."""
        self.played.say({"type": "ping"})
        while await self.played.heard() != {"type": "pong"}:
            pass


@asynccontextmanager
async def subscriber(served: Served) -> AsyncIterator[Subscriber]:
    """Open a socket and initialise it; the client goes away at the end, without a word."""
    async with exchange(served.app, socket_scope()) as played:
        played.send({"type": "websocket.connect"})
        assert (await played.next())["type"] == "websocket.accept"
        played.say({"type": "connection_init"})
        assert await played.heard() == {"type": "connection_ack"}
        yield Subscriber(played)
        played.send({"type": "websocket.disconnect", "code": 1006})
        await played.ended()


@asynccontextmanager
async def served(database_url: str, redis_url: str | None, **more: Any) -> AsyncIterator[Served]:
    """Open an API over three stocks."""
    settings = Settings.model_validate({"database_url": database_url, "redis_url": redis_url, "window_tick": 1, **more})
    schema = build_schema(settings)._schema
    documents = Documents(schema, settings.limits, introspection=True, suggestions=True)
    metrics, drain = make_metrics(), Drain()
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(open_database(settings))
        redis = await opened.enter_async_context(open_redis(settings))
        hub = await opened.enter_async_context(open_hub(settings, redis))

        def context() -> RequestContext:
            session = Session(database, Deadline.after(settings.deadlines.operation))
            contexts.append(RequestContext(session, settings, instant(settings)))
            return contexts[-1]

        contexts: list[RequestContext] = []
        engine = Engine(schema, documents, context, metrics, settings.deadlines.operation, hub)
        app = build_routes(engine, settings, drain, metrics, Readiness((), 1))
        await write_stocks(database, [_stock(symbol) for symbol in SYMBOLS])
        yield Served(app, hub, redis, database, settings, metrics, drain, contexts, engine, documents)


async def write_price(database: Database, symbol: str, price: float) -> None:
    """Store a bar that ends now."""
    now = datetime.now(UTC)
    record = PriceRecord(symbol, 60, now, price, price, price, price, 1, simulated=True)
    await write_prices(database, [record])


async def until_joined(served: Served, members: int) -> None:
    """Wait until there are so many subscribers."""
    await until(lambda: served.hub.members == members)


def _stock(symbol: str) -> StockRow:
    return StockRow(symbol, f"{symbol} Incorporated", "NASDAQ", None, None, None, simulated=True)
