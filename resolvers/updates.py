"""What subscriptions share: the plan that a root field makes of its arguments, gaps, and cursors to resume from.

A root field of Subscription opens nothing. It returns `Updates`, which says what to follow and what to make of each
notice; whoever runs subscriptions follows it once for all who asked alike.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from ops.errors import BadCursor
from resolvers.arguments import key_of
from resolvers.batched import batched
from resolvers.info import Info
from resolvers.opaque import seal_all, unseal
from storage.event_items import Event
from storage.event_reader import BEGINNING, Kind, Position

T = TypeVar("T")

Resume = Annotated[
    str | None,
    strawberry.argument(description="Cursor of the last update that arrived, to go on from there after a break."),
]


@dataclass(frozen=True, slots=True)
class Gap:
    """Updates between two instants that did not arrive; `dropped` is None where nobody counted them."""

    start: datetime
    end: datetime
    dropped: int | None

    def wider(self, end: datetime, dropped: int | None) -> "Gap":
        """Return the gap, reaching further, by so many more."""
        count = None if self.dropped is None or dropped is None else self.dropped + dropped
        return replace(self, end=max(self.end, end), dropped=count)


@dataclass(frozen=True, slots=True)
class Notice:
    """There is something to tell: an event, a gap, or a state to look at (no event) for a topic."""

    position: Position
    topic: str
    event: Event | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Updates(AsyncIterable[T], Generic[T]):
    """What to follow. `latest`: a state per topic, of which only the newest counts; otherwise a log, read whole.

    `make` turns a notice into the root field's value, which is executed with a context of its own.
    """

    kind: Kind
    topics: tuple[str, ...]
    latest: bool
    after: Position | None
    make: Callable[[Notice], T]

    def __aiter__(self) -> AsyncIterator[T]:
        """Refuse: a plan is followed, not iterated."""
        raise TypeError("Updates are followed by the event hub")


@strawberry.type(description="Updates that were dropped or cannot be had any more: what lies between is unknown.")
class StreamGap:
    """Reads a Gap: [from, to], both by the clock of the event store."""

    start: datetime = strawberry.field(name="from", description="When the last update before the gap was published.")
    end: datetime = strawberry.field(name="to", description="When the gap ended.")
    dropped: int | None = strawberry.field(description="How many updates were dropped; null when nobody counted them.")


def resume_position(info: Info, field: str, after: str | None) -> Position | None:
    """Open the cursor to resume from; only this very field's will do."""
    if after is None:
        return None
    match unseal(key_of(info), after):
        case (kind, (int() as milliseconds, int() as number)) if kind == field:
            return Position(milliseconds, number)
        case (kind, _) if kind != field:
            raise BadCursor(f"`after` is a cursor of {kind}; this is {field}.", argument="after")
        case _:
            raise BadCursor("`after` is not a cursor of this API; take it from an update's `cursor`.", argument="after")


def update_cursors(field: str) -> Any:
    """Declare an update's `cursor`: its position among the updates of its field, sealed."""

    def cursors(updates: Sequence[Any], info: Info) -> list[Any]:
        positions = [update.notice.position or BEGINNING for update in updates]
        return seal_all(key_of(info), field, positions)

    return batched(cursors, description="The place of this update; send it as `after` to go on from here.")


def update_gaps(description: str) -> Any:
    """Declare an update's `gap`."""

    def gaps(updates: Sequence[Any], _: Info) -> list[Any]:
        return [update.notice.gap for update in updates]

    return batched(gaps, description=description)
