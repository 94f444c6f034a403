"""The row cache: answers of loaders in memory, behind it in Redis, behind it the database.

What a reader reads from the database counts as long as no version of its tags has changed since before that reading:
in Redis the versions stand in the entry, in memory the order of invalidations is asked. So a value from before a write
is never served after the write was heard of, however the two interleave. See docs/caching.md.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from ops.cache_settings import CacheSettings
from ops.errors import Unavailable
from storage.cache.asked import Asked
from storage.cache.background import Background
from storage.cache.counts import Counts
from storage.cache.entries import StoredEntry, decode_entry, encode_entry, encode_value, joined_versions, row_keys
from storage.cache.invalidation import Invalidations
from storage.cache.memory import HEAP_PER_BYTE, OVERHEAD, Entry, Memory
from storage.cache.policy import RowPolicy
from storage.cache.remote import Reading, Remote
from storage.cache.reports import Level
from storage.cache.tags import STALE

_LOOKS: Final = (0.005, 0.01, 0.02, 0.04)
_log = structlog.get_logger()

Params = list[Any]
Answers = Mapping[Any, Any]
Read = Callable[[Params], Awaitable[Answers]]
Reader = Callable[[RowPolicy, Hashable, Params], Awaitable[Answers]]


@dataclass(frozen=True, slots=True)
class _Asking:
    """One batch on its way: tags by param, the mark taken before anything was read, keys in Redis if that is asked."""

    policy: RowPolicy
    segment: Hashable
    keys: dict[Any, str]
    tags: dict[Any, tuple[str, ...]]
    mark: int


class RowCache:
    """One process' row cache. `origin` names the database; until it is known, Redis is left alone."""

    def __init__(
        self, memory: Memory, remote: Remote, invalidations: Invalidations, settings: CacheSettings, origin: str = ""
    ) -> None:
        self.memory = memory
        self.remote = remote
        self.invalidations = invalidations
        self.origin = origin
        self.counts = Counts()
        self.asked = Asked()
        self.background = Background()
        self.reader: Reader | None = None
        self.responses: Callable[[], Level] | None = None
        self._settings = settings
        self._refreshing: set[tuple[RowPolicy, Hashable, Hashable]] = set()
        invalidations.listen(memory.drop)

    def recall(self, policy: RowPolicy, segment: Hashable, params: Sequence[Any]) -> dict[Any, Any]:
        """Return at once what memory has of some params."""
        if policy.counted:
            self.asked.count(params)
        if not self.invalidations.trusted:
            return {}
        found, due = self.memory.recall((policy, segment), params)
        self.counts.memory_hits += len(found)
        self.counts.memory_misses += len(set(params)) - len(found)
        if due and policy.shared:
            self._refresh_ahead(policy, segment, due)
        return found

    async def fetch(self, policy: RowPolicy, segment: Hashable, params: Params, read: Read, marks: set[str]) -> Answers:
        """Return the answers to params that memory had not, from Redis or by `read`.

        Raises what `read` raises, unless rows beyond their time are allowed and there; they add `STALE` to `marks`.
        """
        self.counts.fetched += len(params)
        shared = policy.shared and bool(self.origin) and self.remote.worth_asking(policy.name)
        asking = self._asking(policy, segment, params, shared=shared)
        reading = await self._reading(asking)
        found, old = self._current(asking, params, reading) if reading is not None else ({}, {})
        left = [param for param in params if param not in found]
        flights: list[str] = []
        if left and reading is not None:
            self.counts.redis_misses += len(left)
            if policy.flight and len(left) == 1:
                if await self._awaited(asking, left[0], found):
                    return found
                flights = [asking.keys[left[0]]]
        if not left:
            return found
        begun = time.perf_counter()
        try:
            answers = await read(left)
        except Unavailable:
            if not all(param in old for param in left):
                raise
            self.counts.stale += len(left)
            marks.add(STALE)
            _log.warning("stale_rows_served", loader=policy.name, rows=len(left))
            return found | {param: policy.decoder.decode(old[param].value) for param in left}
        self.remote.learn_pace(policy.name, time.perf_counter() - begun)
        if not self.invalidations.trusted:
            return {**found, **answers}
        if reading is not None:
            self.background.later(self._keep(asking, left, answers, reading, flights))
        else:
            self._keep_here(asking, left, answers)
        return {**found, **answers}

    def _asking(self, policy: RowPolicy, segment: Hashable, params: Params, *, shared: bool) -> _Asking:
        mark = self.invalidations.mark()
        keys = row_keys(policy, self.origin, segment, params) if shared else {}
        return _Asking(policy, segment, keys, policy.tags_by_param(segment, params), mark)

    async def _reading(self, asking: _Asking, *, bodies: bool = True) -> Reading | None:
        if not asking.keys:
            return None
        policy = asking.policy
        versions = {tag: None for tags in asking.tags.values() for tag in policy.versions(tags)}
        return await self.remote.read(list(versions), list(asking.keys.values()) if bodies else [])

    def _current(
        self, asking: _Asking, params: Params, reading: Reading
    ) -> tuple[dict[Any, Any], dict[Any, StoredEntry]]:
        """Part what Redis had into answers that count, and entries that would do while the database is away."""
        found: dict[Any, Any] = {}
        old: dict[Any, StoredEntry] = {}
        now = time.time()
        policy = asking.policy
        calm = self._calm(asking)
        for param, body in zip(params, reading.bodies, strict=True):
            entry = decode_entry(body, asking.keys[param])
            if entry is None:
                continue
            tags = asking.tags[param]
            current = joined_versions(policy.versions(tags), reading.versions)
            if entry.server == reading.server and entry.versions == current and now < entry.until:
                found[param] = policy.decoder.decode(entry.value)
                self._remember(asking, param, found[param], len(entry.value), entry.until - now, calm=calm)
            elif now < entry.until + self._settings.stale:
                old[param] = entry
        self.counts.count_redis_hits(len(found))
        return found, old if self._settings.stale else {}

    async def _awaited(self, asking: _Asking, param: Any, found: dict[Any, Any]) -> bool:
        """Wait a little for whoever reads the same already; False where it is the caller's to read."""
        taken = await self.remote.take_flights([asking.keys[param]])
        if taken is None or taken:
            return False
        deadline = time.monotonic() + self._settings.flight_wait
        for pause in _LOOKS * 3:
            if time.monotonic() + pause > deadline:
                break
            await asyncio.sleep(pause)
            reading = await self._reading(asking) if self.remote.worth_asking(asking.policy.name) else None
            if reading is None:
                break
            found.update(self._current(asking, [param], reading)[0])
            if param in found:
                self.counts.joined += 1
                return True
        return False

    def _remember(self, asking: _Asking, param: Any, value: Any, encoded: int, seconds: float, *, calm: bool) -> None:
        """Keep an answer in memory, unless its tags changed since the mark; with `calm` no tag of the batch did."""
        tags = asking.tags[param]
        if calm or not self.invalidations.changed(asking.mark, tags):
            size = OVERHEAD + int(HEAP_PER_BYTE * encoded)
            place = (asking.policy, asking.segment)
            self.memory.put(Entry(place, param, value, tags, size), min(seconds, asking.policy.seconds))

    def _calm(self, asking: _Asking) -> bool:
        """Whether nothing of a batch changed since it began; mostly nothing at all did."""
        since = asking.mark
        return self.invalidations.still(since) or not self.invalidations.changed(
            since, set().union(*asking.tags.values())
        )

    def _keep_here(self, asking: _Asking, params: Params, answers: Answers) -> None:
        """Keep in memory what was read without Redis: that takes less than a task beside the request would."""
        policy, tags = asking.policy, asking.tags
        place = (policy, asking.segment)
        calm = self._calm(asking)
        for param in params:
            answer = answers.get(param)
            if isinstance(answer, Exception):
                continue
            size = policy.size(answer) if policy.size is not None else len(encode_value(answer))
            if size <= policy.most and (calm or not self.invalidations.changed(asking.mark, tags[param])):
                entry = Entry(place, param, answer, tags[param], OVERHEAD + int(HEAP_PER_BYTE * size))
                self.memory.put(entry, policy.seconds)

    async def _keep(
        self, asking: _Asking, params: Params, answers: Answers, reading: Reading, flights: list[str]
    ) -> None:
        """Keep what was read, in memory and, where the versions were known before the reading, in Redis."""
        policy = asking.policy
        until = time.time() + policy.seconds
        bodies: dict[str, bytes] = {}
        unknown: dict[str, None] = {}
        calm = self._calm(asking)
        for param in params:
            answer = answers.get(param)
            if isinstance(answer, Exception):
                continue
            value = encode_value(answer)
            if len(value) > policy.most:
                continue
            self._remember(asking, param, answer, len(value), policy.seconds, calm=calm)
            if answer is None:  # what is not there has no end of names: it stays out of Redis
                continue
            key, tags = asking.keys[param], policy.versions(asking.tags[param])
            versions = joined_versions(tags, reading.versions)
            if versions is not None:
                bodies[key] = encode_entry(key, reading.server, versions, until, value)
            else:
                unknown |= {tag: None for tag in tags if reading.versions[tag] is None}
        if bodies or unknown or flights:
            await self.remote.store(bodies, policy.seconds + self._settings.stale, list(unknown), flights)

    def _refresh_ahead(self, policy: RowPolicy, segment: Hashable, due: list[Hashable]) -> None:
        wanted = [param for param in due if (policy, segment, param) not in self._refreshing]
        if wanted and self.origin and self.reader is not None and self.remote.worth_asking(policy.name):
            self.background.later(self._refresh(policy, segment, wanted))

    async def _refresh(self, policy: RowPolicy, segment: Hashable, params: Params) -> None:
        """Read again, on a session of its own, what is asked for and about to end; one process does it for all."""
        marks = {(policy, segment, param) for param in params}
        self._refreshing |= marks
        try:
            asking = self._asking(policy, segment, params, shared=True)
            taken = await self.remote.take_flights(list(asking.keys.values())) or ()
            params = [param for param in params if asking.keys.get(param) in taken]
            reading = await self._reading(asking, bodies=False) if params else None
            if reading is not None and self.reader is not None:
                answers = await self.reader(policy, segment, params)
                self.counts.refreshed += len(params)
                await self._keep(asking, params, answers, reading, [asking.keys[param] for param in params])
        finally:
            self._refreshing -= marks
