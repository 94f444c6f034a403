"""Settings of the caches: what they may hold, how long they wait, and how long they believe an unproven link."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class CacheSettings(BaseSettings):
    """Bounds of the row cache and the response cache of one process. Without Redis both are off."""

    model_config = SettingsConfigDict(env_prefix="INSITECHART_CACHE_", frozen=True, extra="forbid")

    rows: bool = Field(default=True, description="keep rows under the loaders, in memory and in Redis")
    responses: bool = Field(default=True, description="keep whole answers in memory")
    row_bytes: int = Field(67_108_864, ge=65_536, description="bytes of memory for rows in one process")
    response_bytes: int = Field(67_108_864, ge=65_536, description="bytes of memory for answers in one process")
    connections: int = Field(8, ge=1, le=100, description="Redis connections of one process for cached rows")
    redis_rate: int = Field(
        1_000_000, ge=10_000, description="bytes of rows a second that one process may store in Redis, in the long run"
    )
    deadline: float = Field(0.05, gt=0, le=10, description="seconds that Redis may take to answer for cached rows")
    lease: float = Field(
        1.0, ge=0.1, le=60, description="seconds that memory is believed after the invalidation link last proved alive"
    )
    flight_wait: float = Field(
        0.1, ge=0, le=10, description="seconds to wait for another process that reads the same rows"
    )
    stale: float = Field(
        0.0, ge=0, le=86_400, description="seconds beyond their time that rows may be served while PostgreSQL is away"
    )
