"""Redis: its absence is a fact to report, never a failure."""

from ops.settings import Settings
from storage.redis import open_redis


async def test_ping_tells_whether_redis_answers(redis_url: str) -> None:
    """A server answers; a dead address, or none at all, is False without an exception."""
    for url, answers in ((redis_url, True), ("redis://127.0.0.1:9/0", False), (None, False)):
        async with open_redis(Settings.model_validate({"redis_url": url})) as state:
            assert await state.ping() is answers
