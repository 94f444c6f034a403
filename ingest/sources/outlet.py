"""Where polls put what they found, and find how far they had come: both live in Redis, and move together."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec
import structlog

from storage.intake_items import Item
from storage.intake_stream import IntakeStream

State = TypeVar("State", bound=msgspec.Struct)
_log = structlog.get_logger()


class Outlet:
    """Reads a poll's state back before each poll, and publishes items with the state that covers them in one step."""

    def __init__(self, stream: IntakeStream) -> None:
        self._stream = stream
        self.published = 0

    async def state(self, name: str, shape: type[State]) -> State:
        """Return the state last published under a name, or a fresh one: a source is then read from its beginning.

        Raise Unavailable where Redis is away.
        """
        kept = await self._stream.checkpoint(name)
        if kept is None:
            return shape()
        try:
            return msgspec.msgpack.decode(kept, type=shape)
        except msgspec.DecodeError as error:
            _log.warning("checkpoint_unreadable", checkpoint=name, reason=str(error))
            return shape()

    async def publish(self, items: Sequence[Item], name: str, state: msgspec.Struct) -> None:
        """Publish items, and with the last of them the state. Raise IntakeFull, or Unavailable where Redis is away."""
        await self._stream.publish(items, (name, msgspec.msgpack.encode(state)))
        self.published += len(items)
