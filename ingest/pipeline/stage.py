"""What a stream's items go through: made ready one by one, stored together, told afterwards."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from storage.event_items import Event
from storage.intake_items import Item

Ready = TypeVar("Ready")


class Stage(Protocol[Ready]):
    """The work on one stream; both steps may be done again after a crash, and then change nothing."""

    @property
    def open(self) -> bool:
        """Whether items can be taken now."""

    def prepare(self, item: Item) -> Ready:
        """Do what needs no database; whatever this raises is the item's own fault."""

    async def store(self, ready: Sequence[Ready], *, tell_all: bool) -> list[Event]:
        """Store all or none, and return what there is to tell: all of it, or only what changed."""
