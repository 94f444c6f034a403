"""Documents that clients registered by sending them once, in Redis under the SHA-256 of their text.

A hash of texts stands beside a sorted set of their last uses; one script changes both, so that neither outgrows its
bounds: the least recently used go first. Texts unused for a month end, and so does the whole where nobody uses any of
it. Redis may lose all of it at any time, for clients send a document again that is not found.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Final

import structlog
from redis.exceptions import RedisError

from ops.errors import Unavailable
from storage.redis import RedisState
from storage.redis_translation import redis_translated

TEXTS: Final = "insitechart:{documents}:texts"
USES: Final = "insitechart:{documents}:uses"
_PAUSE = 0.5
"""Seconds without a question after Redis was away, so that requests do not each wait for it."""
_PATIENCE = 0.25
"""Seconds for one question with all its attempts: a miss costs the client one more request, and no more."""
_OVERHEAD = 300
"""Bytes that an entry takes beside its text, in both keys."""

_FIND = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local used = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not used or now - used > tonumber(ARGV[2]) then return false end
if now - used > 60 then
    redis.pcall('ZADD', KEYS[2], string.format('%.6f', now), ARGV[1])
    redis.pcall('EXPIRE', KEYS[1], ARGV[2])
    redis.pcall('EXPIRE', KEYS[2], ARGV[2])
end
return redis.call('HGET', KEYS[1], ARGV[1])
"""
# A key that Redis evicted by itself leaves the other without its half: then both begin anew.
_KEEP = """
local time, seconds = redis.call('TIME'), tonumber(ARGV[3])
local now = time[1] + time[2] / 1000000
if redis.call('EXISTS', KEYS[1]) ~= redis.call('EXISTS', KEYS[2]) then redis.call('DEL', KEYS[1], KEYS[2]) end
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 1 then
    redis.call('HINCRBY', KEYS[1], 'bytes', #ARGV[2] + tonumber(ARGV[6]))
end
redis.call('ZADD', KEYS[2], string.format('%.6f', now), ARGV[1])
local function forget(digest)
    local size = redis.call('HSTRLEN', KEYS[1], digest) + tonumber(ARGV[6])
    redis.call('ZREM', KEYS[2], digest)
    if redis.call('HDEL', KEYS[1], digest) == 1 then redis.call('HINCRBY', KEYS[1], 'bytes', -size) end
end
local before = string.format('%.6f', now - seconds)
for _, digest in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', before, 'LIMIT', 0, 100)) do
    forget(digest)
end
while redis.call('ZCARD', KEYS[2]) > tonumber(ARGV[4])
    or tonumber(redis.call('HGET', KEYS[1], 'bytes')) > tonumber(ARGV[5]) do
    local oldest = redis.call('ZRANGE', KEYS[2], 0, 0)
    if #oldest == 0 then break end
    forget(oldest[1])
end
redis.call('EXPIRE', KEYS[1], seconds)
redis.call('EXPIRE', KEYS[2], seconds)
"""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many documents are kept, how many bytes they may take together, and for how many seconds without a use."""

    documents: int = 10_000
    bytes: int = 32 * 2**20
    seconds: int = 30 * 86_400


class AutomaticDocuments:
    """Finds and keeps texts. Where Redis is away, full or absent, nothing is found and nothing kept."""

    def __init__(self, redis: RedisState, bounds: Bounds | None = None) -> None:
        self._redis = redis
        self._bounds = bounds or Bounds()
        self._away_until = 0.0

    async def find(self, digest: str) -> str | None:
        """Return the text with this SHA-256 (64 lower-case hexadecimal digits), or None.

        What Redis answers is hashed again: it may have been tampered with, or be the reply to another question.
        """
        found = await self._ask(_FIND, digest, self._bounds.seconds)
        if not isinstance(found, bytes):
            return None
        if hashlib.sha256(found).hexdigest() != digest:
            _log.warning("document_does_not_match_its_hash", digest=digest)
            return None
        return found.decode()

    async def keep(self, digest: str, text: str) -> None:
        """Keep a text under its SHA-256; the least recently used make room for it."""
        bounds = self._bounds
        await self._ask(_KEEP, digest, text.encode(), bounds.seconds, bounds.documents, bounds.bytes, _OVERHEAD)

    async def _ask(self, script: str, *arguments: str | bytes | int) -> object:
        client, clock = self._redis.client, asyncio.get_running_loop().time
        if client is None or clock() < self._away_until:
            return None
        try:
            with redis_translated():
                async with asyncio.timeout(_PATIENCE):
                    return await client.eval(script, 2, TEXTS, USES, *arguments)
        except Unavailable:
            self._away_until = clock() + _PAUSE
        except RedisError as error:  # full, or keys that are not ours to read
            _log.warning("document_not_kept", kind=type(error).__name__, reason=str(error))
        return None
