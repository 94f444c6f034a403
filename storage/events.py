"""Publishing: events enter a Redis stream of their kind, numbered without holes, so that every reader sees a loss.

An entry's id is `milliseconds-number`: when it was published, by Redis' clock, and one more than the number of the
entry before. A stream that was lost begins again at a random number, which no count of entries explains.

A stream is bounded by entries and by bytes: the oldest go, and their readers see it by the numbers. What is there to be
resumed from is worth less than what is new: where the server's memory is nearly full, half of a stream goes.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec
from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError

from ops.errors import Unavailable
from ops.intake_settings import IntakeSettings
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
_STEP_BYTES = 1_000_000
"""Events of one script call, and their bytes: it holds up every other client of the server while it runs."""
_LOOK = 64
"""Events between two looks at a stream's bytes, which take the server up to 2 ms."""
_START_BITS = 52  # numbers pass through Lua's doubles, which are exact up to 2^53

_APPEND = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local time = redis.call('TIME')
local milliseconds, number = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(ARGV[3])
if #last > 0 then
    local before, count = string.match(last[1][1], '^(%d+)-(%d+)$')
    milliseconds, number = math.max(milliseconds, tonumber(before)), tonumber(count)
end
local look = tonumber(ARGV[4])
local looked = math.floor(number / look)
for place = 5, #ARGV, 2 do
    number = number + 1
    local id = string.format('%.0f-%.0f', milliseconds, number)
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], id, 'of', ARGV[place], 'event', ARGV[place + 1])
end
if math.floor(number / look) == looked then return end
local most, length = tonumber(ARGV[2]), redis.call('XLEN', KEYS[1])
local memory = redis.pcall('INFO', 'memory')
if type(memory) == 'string' then
    local used, limit = string.match(memory, 'used_memory:(%d+)'), string.match(memory, 'maxmemory:(%d+)')
    if used and limit and tonumber(limit) > 0 and used / limit > 0.95 then
        length = math.max(1, math.floor(length / 2))
        redis.call('XTRIM', KEYS[1], 'MAXLEN', length)
    end
end
while length > 1 do
    local bytes = redis.pcall('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', 0)
    if type(bytes) ~= 'number' or bytes <= most then return end
    length = math.max(1, math.min(length - 1, math.floor(0.9 * length * most / bytes)))
    redis.call('XTRIM', KEYS[1], 'MAXLEN', length)
end
"""

_encoder = msgspec.msgpack.Encoder()


async def publish(redis: RedisState, events: Sequence[Event], bounds: IntakeSettings) -> None:
    """Append events to their streams, in their order within each kind.

    Some `events` of each kind are kept, and fewer where they would take more than `events_megabytes`; the newest 64 may
    lie above that. Raise `Unavailable` where Redis is away, full or not configured: then some
    of the events may have entered, and publishing all again is right, for an event that comes twice says the same. A
    server that is full has more room each time.
    """
    client = connected(redis)
    if not events:
        return
    limits = (bounds.events, bounds.events_megabytes * 1_000_000, random.getrandbits(_START_BITS), _LOOK)
    with redis_translated():
        try:
            async with client.pipeline(transaction=False) as pipeline:
                for kind, stream in EVENT_STREAMS.items():
                    for fields in _steps(event for event in events if type(event) is kind):
                        pipeline.eval(_APPEND, 1, stream, *limits, *fields)
                await pipeline.execute()
        except OutOfMemoryError as error:
            await _make_room(client)
            raise Unavailable("Redis has no memory left for events.") from error


def _steps(events: Iterable[Event]) -> Iterator[list[str | bytes]]:
    fields: list[str | bytes] = []
    size = 0
    for event in events:
        body = _encoder.encode(event)
        if len(fields) >= 2 * _STEP or (fields and size + len(body) > _STEP_BYTES):
            yield fields
            fields, size = [], 0
        fields += topic(event), body
        size += len(body)
    if fields:
        yield fields


async def _make_room(client: Redis) -> None:
    """Take away the older half of each stream; scorers that cannot tell could not finish, nor make room themselves."""
    for stream in EVENT_STREAMS.values():
        length = int(await client.xlen(stream))
        if length > 1:
            await client.xtrim(stream, maxlen=length // 2, approximate=False)


def topic(event: Event) -> str:
    """Return what an event is about: a symbol, or a timeframe's value."""
    match event:
        case TrendingEvent():
            return event.timeframe.value
        case QuoteEvent():
            return event.symbol
        case MentionEvent():
            return event.mention.symbol
