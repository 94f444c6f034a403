"""An update of a stock's quote."""

from typing import ClassVar

import strawberry

from loaders.quote_by_symbol import QuoteBySymbol
from resolvers.info import Info
from resolvers.quote import Quote
from resolvers.stock import Stock, stock_named
from resolvers.updates import Notice, StreamGap, sealed


@strawberry.type(description="A stock's newest price.")
class QuoteUpdate:
    """The quote is read when it is asked for, so of many events the last is enough."""

    FIELD: ClassVar[str] = "quoteUpdated"
    notice: strawberry.Private[Notice]

    @strawberry.field(description="The place of this update; send it as `after` to go on from here.")
    def cursor(self, info: Info) -> str:
        """Seal it."""
        return sealed(info, self.FIELD, self.notice.position)

    @strawberry.field(description="The stock.")
    async def stock(self, info: Info) -> Stock | None:
        """Load it by symbol."""
        return await stock_named(info, self.notice.topic)

    @strawberry.field(description="Its newest price; null without any bar.")
    async def quote(self, info: Info) -> Quote | None:
        """Load it by symbol."""
        row = await info.context.loader(QuoteBySymbol).load(self.notice.topic)
        return Quote.of(row) if row is not None else None

    @strawberry.field(description="Set where quotes before this one may have been missed; this one is the newest.")
    def gap(self) -> StreamGap | None:
        """Publish it."""
        return StreamGap.of(self.notice.gap)
