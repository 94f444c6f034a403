"""The root fields of subscriptions. Each checks its arguments and says what to follow; the event hub follows it."""

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from ops.errors import BadArgument
from resolvers.argument_types import MinMentions, RankBy, TimeframeArgument
from resolvers.arguments import known, within
from resolvers.enums import Timeframe, TrendingRank
from resolvers.info import Info
from resolvers.mention_update import MentionUpdate
from resolvers.quote_update import QuoteUpdate
from resolvers.trending import selection
from resolvers.trending_update import TrendingUpdate
from resolvers.updates import Resume, Updates, resume_position
from storage.event_items import MentionEvent, QuoteEvent, TrendingEvent
from storage.symbols import canonicals

Followed = Annotated[list[str], strawberry.argument(description="Symbols to follow, at least one; each must exist.")]
Leaders = Annotated[int, strawberry.argument(description="How many entries from the top.")]


@strawberry.type(description="Where every subscription starts: streams that last until the client ends them.")
class Subscription:
    """Operations that ask alike are executed once per event, whoever and however many they are."""

    @strawberry.subscription(
        description="A trending list: as it stands, and again whenever a new snapshot was computed."
    )
    async def trending_updated(
        self,
        info: Info,
        timeframe: TimeframeArgument = Timeframe.DAY,
        rank_by: RankBy = TrendingRank.MENTIONS,
        min_mentions: MinMentions = 5,
        first: Leaders = 20,
        after: Resume = None,
    ) -> AsyncIterable[TrendingUpdate]:
        """Follow the snapshots of a timeframe."""
        chosen = selection(timeframe, rank_by, min_mentions)
        within("first", first, 1, info.context.settings.limits.page)
        return Updates(
            kind=TrendingEvent,
            topics=(timeframe.value,),
            latest=True,
            after=resume_position(info, TrendingUpdate.FIELD, after),
            make=lambda notice: TrendingUpdate(notice=notice, selection=chosen, first=first),
        )

    @strawberry.subscription(description="Quotes of some stocks: each as it stands, and again whenever it changed.")
    async def quote_updated(self, info: Info, symbols: Followed, after: Resume = None) -> AsyncIterable[QuoteUpdate]:
        """Follow the quotes of stocks."""
        return Updates(
            kind=QuoteEvent,
            topics=await _followed(info, symbols),
            latest=True,
            after=resume_position(info, QuoteUpdate.FIELD, after),
            make=lambda notice: QuoteUpdate(notice=notice),
        )

    @strawberry.subscription(description="Posts about some stocks, from now on or from a cursor on, none left out.")
    async def mention_added(self, info: Info, symbols: Followed, after: Resume = None) -> AsyncIterable[MentionUpdate]:
        """Follow the mentions of stocks."""
        return Updates(
            kind=MentionEvent,
            topics=await _followed(info, symbols),
            latest=False,
            after=resume_position(info, MentionUpdate.FIELD, after),
            make=lambda notice: MentionUpdate(notice=notice),
        )


async def _followed(info: Info, symbols: list[str]) -> tuple[str, ...]:
    """Check that there are symbols, and that all of them exist; return their canonical forms."""
    if not symbols:
        raise BadArgument("`symbols` must name at least one stock.", argument="symbols")
    await known(info, symbols)
    return canonicals(symbols)
