"""An update of the stream of mentions: a mention, or the word that some are missing."""

from collections.abc import Sequence
from typing import Any, ClassVar

import strawberry

from resolvers.batched import batched
from resolvers.info import Info
from resolvers.mention import Mention
from resolvers.updates import Notice, StreamGap, update_cursors, update_gaps
from storage.event_items import MentionEvent


def _mentions(updates: "Sequence[MentionUpdate]", _: Info) -> list[Any]:
    events = [update.notice.event for update in updates]
    return [event.mention if isinstance(event, MentionEvent) else None for event in events]


@strawberry.type(description="A new mention, or a gap in their stream.")
class MentionUpdate:
    """The mention travels with its event: nothing is loaded for it."""

    FIELD: ClassVar[str] = "mentionAdded"
    notice: strawberry.Private[Notice]

    cursor: str = update_cursors(FIELD)
    mention: Mention | None = batched(_mentions, description="The mention; null where this update is a gap.")
    gap: StreamGap | None = update_gaps(
        "The mentions that are missing between the update before and the next; else null."
    )
