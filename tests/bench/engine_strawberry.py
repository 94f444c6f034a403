"""The watchlist in Strawberry: with data loaders as its documentation has it, synchronous, and in batches."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import strawberry
from aiodataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig

from graph.compiled import BATCH
from resolvers.scalars import SCALARS
from tests.bench.engine_data import MentionData, QuoteData, SentimentData, StockData, Store

Info = strawberry.Info[Any, Any]


@strawberry.type
class Quote:
    """A price."""

    price: float
    change: float
    change_percent: float
    at: datetime


@strawberry.type
class Sentiment:
    """What was said."""

    mention_count: int
    average_score: float
    standard_error: float | None
    positive: int
    neutral: int
    negative: int


@strawberry.type
class Mention:
    """A post."""

    source: str
    community: str | None
    author: str
    text: str
    score: float
    label: str
    posted_at: datetime
    engagement: int | None


def _quote(row: QuoteData) -> Quote:
    return Quote(price=row.price, change=row.change, change_percent=row.change_percent, at=row.at)


def _sentiment(row: SentimentData) -> Sentiment:
    return Sentiment(
        mention_count=row.mention_count,
        average_score=row.average_score,
        standard_error=row.standard_error,
        positive=row.positive,
        neutral=row.neutral,
        negative=row.negative,
    )


def _mention(row: MentionData) -> Mention:
    return Mention(
        source=row.source,
        community=row.community,
        author=row.author,
        text=row.text,
        score=row.score,
        label=row.label,
        posted_at=row.posted_at,
        engagement=row.engagement,
    )


@dataclass(slots=True)
class Context:
    """One operation's view of the store, with loaders of its own."""

    store: Store
    quotes: DataLoader[str, Quote] = field(init=False)
    sentiments: DataLoader[str, Sentiment] = field(init=False)
    mentions: DataLoader[str, list[Mention]] = field(init=False)

    def open_loaders(self) -> "Context":
        """Make the loaders, inside a running event loop."""
        store = self.store
        self.quotes = _loader(lambda key: _quote(store.quotes[key]))
        self.sentiments = _loader(lambda key: _sentiment(store.sentiments[key]))
        self.mentions = _loader(lambda key: [_mention(row) for row in store.mentions[key]])
        return self


def _loader(read: Callable[[str], Any]) -> DataLoader[str, Any]:
    async def batch(keys: list[str]) -> list[Any]:
        return [read(key) for key in keys]

    return DataLoader(batch)


def _schema(stock: type, listed: Callable[[Store, int], list[Any]], *, asynchronous: bool) -> strawberry.Schema:
    def stocks(info: Info, first: int) -> list[Any]:
        return listed(info.context.store, first)

    async def stocks_later(info: Info, first: int) -> list[Any]:
        return listed(info.context.store, first)

    def one(info: Info, place: int) -> Any:
        return listed(info.context.store, place + 1)[place]

    chosen: Any = stocks_later if asynchronous else stocks
    chosen.__annotations__["return"] = list[stock]  # type: ignore[valid-type]  # known at run time only
    one.__annotations__["return"] = stock

    @strawberry.type
    class Query:
        stocks: list[stock] = strawberry.field(resolver=chosen)  # type: ignore[valid-type]  # as above
        stock_at: stock = strawberry.field(resolver=one)  # type: ignore[valid-type]  # as above

    config = StrawberryConfig(scalar_map=SCALARS)
    caches = [lambda: ParserCache(maxsize=100), lambda: ValidationCache(maxsize=100)]
    return strawberry.Schema(Query, config=config, extensions=caches)


def with_loaders() -> strawberry.Schema:
    """Return the idiomatic schema: asynchronous resolvers, each awaiting a data loader."""

    @strawberry.type
    class Stock:
        symbol: str
        name: str
        sector: str | None
        market_cap: float

        @strawberry.field
        async def quote(self, info: Info) -> Quote:
            loaders: Context = info.context
            return await loaders.quotes.load(self.symbol)

        @strawberry.field
        async def sentiment(self, info: Info) -> Sentiment:
            loaders: Context = info.context
            return await loaders.sentiments.load(self.symbol)

        @strawberry.field
        async def mentions(self, info: Info) -> list[Mention]:
            loaders: Context = info.context
            return await loaders.mentions.load(self.symbol)

    return _schema(Stock, lambda store, first: _stocks(Stock, store, first), asynchronous=True)


def synchronous() -> strawberry.Schema:
    """Return the same with resolvers that await nothing."""

    @strawberry.type
    class Stock:
        symbol: str
        name: str
        sector: str | None
        market_cap: float

        @strawberry.field
        def quote(self, info: Info) -> Quote:
            return _quote(info.context.store.quotes[self.symbol])

        @strawberry.field
        def sentiment(self, info: Info) -> Sentiment:
            return _sentiment(info.context.store.sentiments[self.symbol])

        @strawberry.field
        def mentions(self, info: Info) -> list[Mention]:
            return [_mention(row) for row in info.context.store.mentions[self.symbol]]

    return _schema(Stock, lambda store, first: _stocks(Stock, store, first), asynchronous=False)


def in_batches() -> strawberry.Schema:
    """Return the same with batch resolvers, which answer with the store's rows."""

    def all_quotes(parents: list[Any], info: Any) -> list[Any]:
        shelf = info.context.store.quotes
        return [shelf[parent.symbol] for parent in parents]

    def all_sentiments(parents: list[Any], info: Any) -> list[Any]:
        shelf = info.context.store.sentiments
        return [shelf[parent.symbol] for parent in parents]

    def all_mentions(parents: list[Any], info: Any) -> list[Any]:
        shelf = info.context.store.mentions
        return [shelf[parent.symbol] for parent in parents]

    @strawberry.type
    class Stock:
        symbol: str
        name: str
        sector: str | None
        market_cap: float

        @strawberry.field(metadata={BATCH: all_quotes})
        async def quote(self, info: Info) -> Quote:
            return _quote(info.context.store.quotes[self.symbol])

        @strawberry.field(metadata={BATCH: all_sentiments})
        async def sentiment(self, info: Info) -> Sentiment:
            return _sentiment(info.context.store.sentiments[self.symbol])

        @strawberry.field(metadata={BATCH: all_mentions})
        async def mentions(self, info: Info) -> list[Mention]:
            return [_mention(row) for row in info.context.store.mentions[self.symbol]]

        @classmethod
        def is_type_of(cls, value: object, _info: object) -> bool:
            return isinstance(value, StockData | cls)

    return _schema(Stock, lambda store, first: store.stocks[:first], asynchronous=False)


def _stocks(kind: Any, store: Store, first: int) -> list[Any]:
    return [
        kind(symbol=row.symbol, name=row.name, sector=row.sector, market_cap=row.market_cap)
        for row in store.stocks[:first]
    ]
