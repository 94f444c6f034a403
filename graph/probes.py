"""What `/readyz` looks at: PostgreSQL and its schema, which every answer needs, and Redis, which none needs."""

from collections.abc import Sequence

from graph.http.health import Dependency
from ops.errors import Unavailable
from ops.settings import Settings
from storage.database import Database
from storage.deadline import Deadline
from storage.migrate import check
from storage.redis import RedisState


def dependencies(database: Database, redis: RedisState, settings: Settings) -> Sequence[Dependency]:
    """Return the checks, each of its own dependency."""
    seconds = settings.deadlines.readiness

    async def ping_database() -> None:
        await database.ping(Deadline.after(seconds))

    async def ping_redis() -> None:
        if not await redis.ping():
            raise Unavailable("No answer" if redis.client else "No Redis is configured")

    return (
        Dependency("postgresql", required=True, check=ping_database, without="No operation can be answered"),
        Dependency("schema", required=True, check=_SchemaCheck(settings), without="Run 'insitechart migrate'"),
        Dependency("redis", required=False, check=ping_redis, without="Served without shared caches and streams"),
    )


class _SchemaCheck:
    """Whether every migration that fits has been applied; once seen, it stays so for the life of the process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._current = False

    async def __call__(self) -> None:
        url = self._settings.database_url
        if self._current or url is None:
            return
        missing = (await check(url.get_secret_value())).missing
        if missing:
            raise Unavailable(f"Migrations are missing: {', '.join(missing)}")
        self._current = True
