"""What Redis says of itself and of the cache's part of it."""

from typing import Any

import msgspec

from storage.redis import RedisState
from storage.redis_translation import connected, redis_translated


class RedisUse(msgspec.Struct, frozen=True):
    """Numbers of the whole server since it started; memory in bytes, `bound` 0 where there is none."""

    memory_used: int
    memory_peak: int
    memory_bound: int
    eviction: str
    evicted_keys: int
    commands_processed: int
    connections_received: int
    clients: int
    clients_tracking: int
    keys: int


async def redis_use(redis: RedisState) -> RedisUse:
    """Ask the server. Raise `Unavailable` where it is away."""
    client = connected(redis)
    with redis_translated():
        told: dict[str, Any] = await client.info()
        keys = int(await client.dbsize())
    return RedisUse(
        memory_used=told["used_memory"],
        memory_peak=told["used_memory_peak"],
        memory_bound=told["maxmemory"],
        eviction=told["maxmemory_policy"],
        evicted_keys=told["evicted_keys"],
        commands_processed=told["total_commands_processed"],
        connections_received=told["total_connections_received"],
        clients=told["connected_clients"],
        clients_tracking=told.get("tracking_clients", 0),
        keys=keys,
    )
