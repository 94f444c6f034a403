"""Publishing: events enter a Redis stream of their kind, numbered without holes, so that every reader sees a loss.

An entry's id is `milliseconds-number`: when it was published, by Redis' clock, and one more than the number of the
entry before. A stream that was lost begins again at a random number, which no count of entries explains.
"""

import random
from collections.abc import Sequence
from typing import Final

import msgspec
from redis.exceptions import OutOfMemoryError

from ops.errors import Unavailable
from storage.event_items import Event, MentionEvent, QuoteEvent, TrendingEvent
from storage.redis import RedisState
from storage.redis_translation import connected, redis_translated

EVENT_STREAMS: Final[dict[type[Event], str]] = {
    TrendingEvent: "insitechart:{events}:trending",
    QuoteEvent: "insitechart:{events}:quotes",
    MentionEvent: "insitechart:{events}:mentions",
}
"""The stream of each kind; the braces keep all on one node of a cluster, so that one command reads them together."""

TOPIC: Final = b"of"
EVENT: Final = b"event"
"""The fields of an entry: what it is about (a symbol, a timeframe), so that few need decoding, and the event."""

_STEP = 500
"""Events of one script call, which holds up every other client of the server while it runs."""
_START_BITS = 52  # numbers pass through Lua's doubles, which are exact up to 2^53

_APPEND = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local time = redis.call('TIME')
local milliseconds, number = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(ARGV[2])
if #last > 0 then
    local before, count = string.match(last[1][1], '^(%d+)-(%d+)$')
    milliseconds, number = math.max(milliseconds, tonumber(before)), tonumber(count)
end
for place = 3, #ARGV, 2 do
    number = number + 1
    local id = string.format('%.0f-%.0f', milliseconds, number)
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], id, 'of', ARGV[place], 'event', ARGV[place + 1])
end
"""

_encoder = msgspec.msgpack.Encoder()


async def publish(redis: RedisState, events: Sequence[Event], most: int) -> None:
    """Append events to their streams, in their order within each kind; some `most` of each kind are kept.

    Raise `Unavailable` where Redis is away, full or not configured: then some of the events may have entered, and
    publishing all again is right, for an event that comes twice says the same.
    """
    client = connected(redis)
    if not events:
        return
    start = random.getrandbits(_START_BITS)
    with redis_translated():
        try:
            async with client.pipeline(transaction=False) as pipeline:
                for kind, stream in EVENT_STREAMS.items():
                    fields = [value for event in events if type(event) is kind for value in _fields(event)]
                    for place in range(0, len(fields), 2 * _STEP):
                        pipeline.eval(_APPEND, 1, stream, most, start, *fields[place : place + 2 * _STEP])
                await pipeline.execute()
        except OutOfMemoryError as error:
            raise Unavailable("Redis has no memory left for events.") from error


def _fields(event: Event) -> tuple[str, bytes]:
    return topic(event), _encoder.encode(event)


def topic(event: Event) -> str:
    """Return what an event is about: a symbol, or a timeframe's value."""
    match event:
        case TrendingEvent():
            return event.timeframe.value
        case QuoteEvent():
            return event.symbol
        case MentionEvent():
            return event.mention.symbol
