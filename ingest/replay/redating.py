"""Moves a recorded feed to another time: everything by the same amount, under ids of their own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from ingest.importing.faults import RowError
from ingest.replay.item_checks import LONGEST_ID
from storage.intake_items import CollectedBar, CollectedPost, CollectedQuote, Item, RemovedPost


@dataclass(frozen=True, slots=True)
class Redating:
    """A feed whose first line came in at `first` is played as if that were `begun`.

    Posts get ids that end in `begun`, so a second play at another time is new, and a removed post is the same post.
    """

    first: datetime
    begun: datetime

    def moment(self, at: datetime) -> datetime:
        """Move a time; raise RowError where that leaves what a date can be."""
        try:
            return at + (self.begun - self.first)
        except OverflowError:
            raise RowError("too far from the first line to be moved", at.isoformat()) from None

    def item(self, item: Item) -> Item:
        """Move an item. Bars move by whole multiples of their width, never ahead of the rest: they stay on its grid."""
        match item:
            case CollectedPost():
                return msgspec.structs.replace(
                    item,
                    external_id=self._id(item.external_id),
                    posted_at=self.moment(item.posted_at),
                    observed_at=self.moment(item.observed_at),
                )
            case RemovedPost():
                return msgspec.structs.replace(
                    item, external_id=self._id(item.external_id), observed_at=self.moment(item.observed_at)
                )
            case CollectedBar():
                step = timedelta(seconds=item.width)
                return msgspec.structs.replace(item, time=item.time + (self.begun - self.first) // step * step)
            case CollectedQuote():
                return msgspec.structs.replace(item, at=self.moment(item.at))
        return item

    def _id(self, external_id: str) -> str:
        moved = f"{external_id}~{self.begun:%Y%m%d%H%M%S}"
        if len(moved) > LONGEST_ID:
            raise RowError("the id leaves no room for the time of a moved feed", external_id)
        return moved
