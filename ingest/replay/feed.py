"""What can be played: a feed gives chunks of items, each with the time at which it is due and where it stands."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import msgspec

from storage.intake_items import Item

Position_co = TypeVar("Position_co", bound=msgspec.Struct, covariant=True)


@dataclass(frozen=True, slots=True)
class TimedItem(Generic[Position_co]):
    """An item, when it is due on the feed's own clock, and the feed's position behind it."""

    at: datetime
    item: Item
    position: Position_co


@dataclass(frozen=True, slots=True)
class Chunk(Generic[Position_co]):
    """Items that are at hand together, in order; `end` is the position behind them and whatever was passed over."""

    items: Sequence[TimedItem[Position_co]]
    end: Position_co


class Feed(Protocol[Position_co]):
    """A source of timed items that can begin at any position it has given out."""

    def after(self, checkpoint: bytes | None) -> AsyncGenerator[Chunk[Position_co], None]:
        """Give what follows a position, encoded as MessagePack; from the start where there is none."""
