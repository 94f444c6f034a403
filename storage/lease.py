"""Leadership among many processes: one holder of a name at a time, for as long as it renews its lease in Redis.

The lease ends by itself when its holder dies, and another process that waits for it takes over. A holder that cannot
renew stops itself before the lease ends. A holder that was frozen for longer may act once more when it wakes, so what
leaders write must bear being written twice.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

import structlog
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError

from ops.errors import Unavailable
from storage.cancellation import cancels_kept
from storage.redis import RedisState

PREFIX = "insitechart:lease:"
_RENEWALS = 4  # tries per lease: three may fail, and the holder still stops in time
_SAFE_SHARE = 0.8  # of the lease, counted from the last renewal's start: after it the holder stops
_log = structlog.get_logger()


class LeaseLost(Exception):
    """The lease could not be renewed: another process may lead now, and the block was cancelled."""


class LeaseTaken(Exception):
    """Another process leads, and did so for as long as the caller would wait."""


class Lease:
    """A lease that is held; `holder` names this process as host:process-id:number."""

    __slots__ = ("_lock", "_renewed_at", "_seconds", "holder", "lost", "name")

    def __init__(self, client: Redis, name: str, seconds: float) -> None:
        self.name = name
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.lost = False
        self._seconds = seconds
        self._renewed_at = 0.0
        self._lock = Lock(client, PREFIX + name, timeout=seconds, blocking=False, thread_local=False)

    async def take(self) -> bool:
        """Take the lease if nobody holds it. Raise Unavailable where Redis does not answer."""
        begun = asyncio.get_running_loop().time()
        taken: bool = False
        try:
            with cancels_kept():
                taken = await self._lock.acquire(token=self.holder)
        except asyncio.CancelledError:
            if taken:
                await self.give_up()
            raise
        except (RedisError, OSError) as error:
            raise Unavailable("Redis does not answer.") from error
        self._renewed_at = begun
        return taken

    async def keep(self, on_loss: Callable[[], object]) -> None:
        """Renew until cancelled; call `on_loss` once when the lease is another's or can no more be renewed in time."""
        clock = asyncio.get_running_loop().time
        while not self.lost:
            await asyncio.sleep(self._seconds * _SAFE_SHARE / _RENEWALS)
            begun = clock()
            safe_until = self._renewed_at + self._seconds * _SAFE_SHARE
            try:
                async with asyncio.timeout_at(safe_until):
                    with cancels_kept():
                        await self._lock.extend(self._seconds, replace_ttl=True)
                self._renewed_at = begun
            except LockError:
                self.lost = True
            except Exception as error:  # noqa: BLE001 - a renewal that died in silence would leave two leaders
                _log.warning("lease_not_renewed", lease=self.name, kind=type(error).__name__)
                self.lost = clock() >= safe_until
        on_loss()

    async def give_up(self) -> None:
        """Let the next one in at once; where Redis is away, the lease ends by itself."""
        with suppress(RedisError, OSError), cancels_kept():
            await self._lock.release()


@asynccontextmanager
async def held(
    redis: RedisState, name: str, seconds: float, patience: float | None = None
) -> AsyncGenerator[Lease, None]:
    """Wait for the lease called `name`, hold it while the block runs, and give it up at the end.

    `seconds` is how long it outlives a holder that died. `patience` is how many seconds to wait for it, None for ever;
    then LeaseTaken is raised, or Unavailable if Redis did not answer at the end. When the lease is lost the block is
    cancelled where it awaits and LeaseLost is raised.
    """
    if redis.client is None:
        raise Unavailable("No Redis is configured: set INSITECHART_REDIS_URL.")
    lease = Lease(redis.client, name, seconds)
    await _wait(lease, seconds / _RENEWALS, patience)
    _log.info("lease_taken", lease=name, holder=lease.holder)
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  a coroutine runs in a task
    cancels = task.cancelling()
    ended = False
    renewing = asyncio.create_task(lease.keep(lambda: ended or task.cancel()))
    try:
        yield lease
    except asyncio.CancelledError:
        if lease.lost and task.uncancel() <= cancels:
            raise LeaseLost(f"the lease {name!r} was lost") from None
        raise
    finally:
        ended = True  # a loss that shows from here on must not cancel what the caller does next
        while not renewing.done():
            renewing.cancel()
            await asyncio.wait({renewing}, timeout=1.0)
        if lease.lost:
            _log.warning("lease_lost", lease=name, holder=lease.holder)
        else:
            await lease.give_up()


async def leaders(redis: RedisState) -> dict[str, str]:
    """Return who holds which lease, by the lease's name. Raise Unavailable where Redis does not answer."""
    if redis.client is None:
        raise Unavailable("No Redis is configured: set INSITECHART_REDIS_URL.")
    found: dict[str, str] = {}
    try:
        async for key in redis.client.scan_iter(match=f"{PREFIX}*", count=1_000):
            if (holder := await redis.client.get(key)) is not None:
                found[_text(key).removeprefix(PREFIX)] = _text(holder)
    except (RedisError, OSError) as error:
        raise Unavailable("Redis does not answer.") from error
    return dict(sorted(found.items()))


def _text(reply: bytes | str) -> str:
    return reply.decode() if isinstance(reply, bytes) else reply


async def _wait(lease: Lease, pause: float, patience: float | None) -> None:
    clock = asyncio.get_running_loop().time
    ends = None if patience is None else clock() + patience
    while True:
        try:
            if await lease.take():
                return
            refusal: Exception = LeaseTaken(f"another process holds the lease {lease.name!r}")
        except Unavailable as error:
            refusal = error
            _log.warning("lease_unavailable", lease=lease.name, reason=str(error.__cause__))
        if ends is not None and clock() >= ends:
            raise refusal
        await asyncio.sleep(pause if ends is None else min(pause, max(0.0, ends - clock())))
