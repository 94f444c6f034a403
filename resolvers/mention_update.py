"""An update of the stream of mentions: a mention, or the word that some are missing."""

from typing import ClassVar

import strawberry

from resolvers.info import Info
from resolvers.mention import Mention
from resolvers.updates import Notice, StreamGap, sealed
from storage.event_items import MentionEvent


@strawberry.type(description="A new mention, or a gap in their stream.")
class MentionUpdate:
    """The mention travels with its event: nothing is loaded for it."""

    FIELD: ClassVar[str] = "mentionAdded"
    notice: strawberry.Private[Notice]

    @strawberry.field(description="The place of this update; send it as `after` to go on from here.")
    def cursor(self, info: Info) -> str:
        """Seal it."""
        return sealed(info, self.FIELD, self.notice.position)

    @strawberry.field(description="The mention; null where this update is a gap.")
    def mention(self) -> Mention | None:
        """Publish the event's own row."""
        event = self.notice.event
        return Mention.of(event.mention) if isinstance(event, MentionEvent) else None

    @strawberry.field(description="The mentions that are missing between the update before and the next; else null.")
    def gap(self) -> StreamGap | None:
        """Publish it."""
        return StreamGap.of(self.notice.gap)
