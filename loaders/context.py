"""The context of one operation: its session, its instant, and its loaders. It lives as long as the operation.

A subscription makes a new one for every event: a loader that outlived its event would answer with old rows.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Sequence
from contextvars import copy_context
from datetime import UTC, datetime
from functools import lru_cache
from time import perf_counter, time
from typing import Any, TypeVar

from loaders.asking import ASKING, Remembered
from loaders.base import Loader
from loaders.batch import Batch
from loaders.lanes import Lanes
from ops.errors import Unavailable
from ops.operation_record import BatchRecord, CallRecord, FieldRecord, StatementRecord
from ops.settings import Settings
from storage.cache.policy import RowPolicy
from storage.cache.rows import RowCache
from storage.session import Session

AnyLoader = TypeVar("AnyLoader", bound=Loader[Any, Any, Any, Any])
AnyBatch = Batch[Any, Any, Any]
AnyEnd = Callable[[AnyBatch, Exception | None], None]

LANES = 4
"""Segments of one operation that query at once; the rest of the pool is left to other operations."""


class RequestContext:
    """What resolvers see. Close it when the operation ends: batches still running are stopped, and their SQL too."""

    __slots__ = (
        "_closed",
        "_loaders",
        "_reads",
        "_tasks",
        "afresh",
        "batches_begun",
        "begun",
        "calls",
        "fields",
        "lanes",
        "ledger",
        "loop",
        "mark",
        "marks",
        "memory_hits",
        "notes",
        "now",
        "remembered",
        "rows",
        "session",
        "settings",
        "variables",
    )

    def __init__(
        self,
        session: Session,
        settings: Settings,
        now: datetime,
        *,
        mark: int | None = None,
        rows: RowCache | None = None,
    ) -> None:
        self.session = session
        self.settings = settings
        self.now = now
        self.mark = mark  # the place among the caches' invalidations at which the operation began to read
        self.rows = rows
        self.afresh = False
        self.begun = perf_counter()
        self.fields: Sequence[FieldRecord] = ()
        self.ledger: list[BatchRecord] = []
        self.calls: list[CallRecord] = []
        self.remembered: list[Remembered] = []
        self.batches_begun = 0
        self.memory_hits = 0
        self.loop = asyncio.get_running_loop()
        self.lanes = Lanes(LANES)
        ASKING.set(())  # the task may have run another operation
        self.variables = copy_context()  # what batches run in: the operation's own, not those of the first to ask
        self._loaders: dict[type[Any], Any] = {}
        self._tasks: dict[asyncio.Task[None], tuple[AnyBatch, AnyEnd]] = {}
        self._closed = False
        self.marks: set[str] = set()  # what rows say of themselves: that they are beyond their time
        self.notes = settings.cache.responses  # whether anybody wants to know what was read
        self._reads: list[tuple[RowPolicy, Hashable, Sequence[Any]]] = []

    @property
    def tags(self) -> set[str]:
        """What the operation read so far, in the terms of the caches' invalidations."""
        while self._reads:
            policy, segment, params = self._reads.pop()
            self.marks |= policy.all_tags(segment, params)
        return self.marks

    def note(self, policy: RowPolicy, segment: Hashable, params: Sequence[Any]) -> None:
        """Remember what is read where answers may be kept: its tags, one for each param, are made only then."""
        if self.notes:
            self._reads.append((policy, segment, params))

    @property
    def timed(self) -> bool:
        """Whether fields are timed, and batches know of them."""
        return self.settings.tracing.fields

    @property
    def statements(self) -> list[StatementRecord]:
        """SQL statements that the operation has run so far."""
        return self.session.statements

    @property
    def tick(self) -> int:
        """The operation's instant, in whole window ticks."""
        return int(self.now.timestamp() // self.settings.window_tick)

    def remark(self, comment: str) -> None:
        """Let the SQL of the operation carry a comment."""
        self.session.comment = comment

    def read_afresh(self) -> None:
        """Believe no memory of this process: what an event tells of comes on another way than the write itself."""
        self.afresh = True

    def loader(self, kind: type[AnyLoader]) -> AnyLoader:
        """Return this operation's only loader of a kind."""
        found: AnyLoader | None = self._loaders.get(kind)
        if found is None:
            found = self._loaders[kind] = kind(self)
        return found

    def start(
        self,
        run: Callable[[AnyBatch], Coroutine[Any, Any, None]],
        batch: AnyBatch,
        end: AnyEnd,
    ) -> None:
        """Run a batch in a task of the operation's own, held where `aclose` ends it; the event loop holds tasks weakly.

        `end` is called with what stopped the batch before it landed; at once if it cannot begin.
        """
        if self._closed:
            end(batch, Unavailable("The operation ended before this batch began: it was stopped."))
            return
        task = self.loop.create_task(run(batch), context=self.variables.copy())
        self._tasks[task] = batch, end
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        batch, end = self._tasks.pop(task)
        if batch.landed:
            return
        cause = asyncio.CancelledError() if task.cancelled() else task.exception()
        stop = Unavailable("The batch that would have answered was stopped.")
        stop.__cause__ = cause
        end(batch, stop)

    async def aclose(self) -> None:
        """Stop the batches that nobody waits for any more, and wait until they have ended, and told their SQL to."""
        self._closed = True
        tasks = [task for task in self._tasks if not task.done()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=self.settings.deadlines.acquire)
        self._loaders = {}  # they lead back here: garbage of every operation, which only a collection would free


def instant(settings: Settings) -> datetime:
    """Return the request's `now`: the UTC clock floored to the window tick."""
    tick = settings.window_tick
    return _at(int(time() // tick) * tick)


@lru_cache(maxsize=8)
def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
