"""The response cache: an answer is made once, and served until its instant is over or something that it read changes.

Two ways lead to a kept answer. The raw request finds it before anything is parsed; a request spelled otherwise finds it
after admission, by document, operation and variables. Requests that ask alike at once wait for the first of them.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec
from graphql import GraphQLSchema

from graph.documents.operation import AdmittedOperation
from graph.http.accept import MediaType
from graph.http.responses import encode
from graph.outcome import OK, Outcome
from graph.responses.kept import Kept
from graph.responses.policy import CachePolicies, CachePolicy
from graph.responses.raw_key import RawKey, hashed
from graph.responses.shelf import Shelf
from storage.cache.tags import STALE
from storage.deadline import asked_at

Key = tuple[str, str | None, bytes, MediaType, str]
"""Document, operation, a hash of the variables, media type and form: nothing long, for keys stay as answers do."""

_Flight = asyncio.Future[Kept | Literal[False] | None]  # False: its client left, so somebody else is to lead
Answer = tuple[Kept | Outcome, bool]
"""What to send, and whether it was made for somebody else; an Outcome is one that no cache may keep."""

_MOST_RAW = 10_000
_MOST_POLICIES = 2_000
_LONGEST_NAME = 256  # characters of an operation's name that its policy is remembered under


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write an outcome down: `render` returns the body, or None where this outcome is not to be kept."""

    name: str
    render: Callable[[Outcome], bytes | None]


GRAPHQL = Form("graphql", lambda outcome: encode(outcome.body()))


class Trust(Protocol):
    """What the cache needs to know of writes; see storage/cache/invalidation.py."""

    @property
    def trusted(self) -> bool:
        """Whether this process hears of every write."""
        ...

    def changed(self, since: int, tags: Collection[str]) -> bool:
        """Whether any of the tags was written after the mark, or may have been."""
        ...

    def listen(self, callback: Callable[[frozenset[str] | None], None]) -> None:
        """Call back with the tags of each write; None means that anything may have been written."""
        ...


@dataclass(slots=True)
class Counts:
    """Look-ups since the process began; `joined` waited for another request's answer."""

    hits: int = 0
    misses: int = 0
    joined: int = 0


class ResponseCache:
    """One process' kept answers. `tick` is in seconds, `most` in bytes, `wait` in seconds."""

    def __init__(self, schema: GraphQLSchema, trust: Trust, *, tick: int, most: int, wait: float) -> None:
        self.counts = Counts()
        self.shelf = Shelf(most)
        self._policies = CachePolicies(schema)
        self.trust = trust
        self._tick = tick
        self._wait = wait
        self._remembered: dict[tuple[str, str | None], CachePolicy | None] = {}
        self._raw: OrderedDict[tuple[RawKey, MediaType], Key] = OrderedDict()
        self._flights: dict[tuple[int, Key], _Flight | None] = {}
        trust.listen(self.shelf.drop)

    @property
    def open(self) -> bool:
        """Whether answers are kept and served now."""
        return self.trust.trusted

    def find(self, raw: RawKey, media_type: MediaType) -> Kept | None:
        """Return the kept answer to a request that came before in these very bytes."""
        key = self._raw.get((raw, media_type))
        if key is None or not self.trust.trusted:
            return None
        kept = self.shelf.get(self._now(), key, time.monotonic())
        if kept is not None:
            self.counts.hits += 1
        return kept

    async def answer(
        self,
        raw: RawKey | None,
        admitted: AdmittedOperation,
        media_type: MediaType,
        execute: Callable[[], Awaitable[Outcome]],
        form: Form = GRAPHQL,
    ) -> Answer:
        """Return a kept answer, or make one by `execute`."""
        policy = self._policy(admitted)
        if policy is None:
            return await execute(), False
        if policy.private or not self.trust.trusted:
            return self.prepare(await execute(), admitted, media_type, form), False
        key: Key = (
            admitted.digest,
            admitted.name,
            hashed(msgspec.json.encode(admitted.raw_variables, order="deterministic")),
            media_type,
            form.name,
        )
        answer, served = await self._shared(key, policy, execute, form)
        if raw is not None and isinstance(answer, Kept):
            self._remember(raw, key)
        return answer, served

    def prepare(
        self, outcome: Outcome, admitted: AdmittedOperation, media_type: MediaType, form: Form = GRAPHQL
    ) -> Kept | Outcome:
        """Return an answer that is not kept here, ready for the wire where other caches may keep it."""
        policy = self._policy(admitted)
        if policy is None:
            return outcome
        key: Key = (admitted.digest, admitted.name, b"", media_type, form.name)
        return self._whole(outcome, policy, key, form) or outcome

    async def _shared(
        self, key: Key, policy: CachePolicy, execute: Callable[[], Awaitable[Outcome]], form: Form
    ) -> Answer:
        tick = self._now()
        kept = self.shelf.get(tick, key, time.monotonic())
        if kept is not None:
            self.counts.hits += 1
            return kept, True
        place = (tick, key)
        if place not in self._flights:
            self.counts.misses += 1
            return await self._lead(place, policy, execute, form), False
        asked = asyncio.get_running_loop().time()
        joined = await self._join(place)
        if joined is not None:
            return joined, True
        self.counts.misses += 1
        with asked_at(asked):  # the wait is a part of its time: it gets no second deadline for a database that is slow
            if place not in self._flights:
                return await self._lead(place, policy, execute, form), False
            outcome = await execute()
        return self._whole(outcome, policy, key, form) or outcome, False

    async def _lead(
        self, place: tuple[int, Key], policy: CachePolicy, execute: Callable[[], Awaitable[Outcome]], form: Form
    ) -> Kept | Outcome:
        """Execute for all who ask alike; whatever ends this, nobody is left waiting."""
        self._flights[place] = None
        shared: Kept | Literal[False] | None = None
        try:
            outcome = await execute()
            kept = self._whole(outcome, policy, place[1], form)
            if kept is not None and self._is_current(outcome):
                shared = kept
                if outcome.reads is not None and outcome.reads.tick == place[0] == self._now():
                    self.shelf.put(*place, kept)
        except asyncio.CancelledError:
            shared = False
            raise
        else:
            return kept or outcome
        finally:
            flight = self._flights.pop(place)
            if flight is not None:
                flight.set_result(shared)

    async def _join(self, place: tuple[int, Key]) -> Kept | None:
        """Wait for whoever leads; None where nobody does, or their answer is not for others, or too slow."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._wait
        while place in self._flights:
            flight = self._flights[place] = self._flights[place] or loop.create_future()
            await asyncio.wait({flight}, timeout=max(0.0, until - loop.time()))
            if not flight.done():
                return None
            kept = flight.result()
            if kept is not False:
                self.counts.joined += kept is not None
                return kept
        return None

    def _is_current(self, outcome: Outcome) -> bool:
        reads = outcome.reads
        return (
            reads is not None
            and reads.mark is not None
            and self.trust.trusted
            and not self.trust.changed(reads.mark, reads.tags)
        )

    def _whole(self, outcome: Outcome, policy: CachePolicy, key: Key, form: Form) -> Kept | None:
        """Prepare a whole answer; None where it has errors, or members that others did not ask for.

        Nor may any cache downstream keep what was made of rows beyond their time.
        """
        if outcome.errors or outcome.refused or outcome.status != OK or outcome.extensions is not None:
            return None
        tags = outcome.reads.tags if outcome.reads is not None else frozenset[str]()
        body = form.render(outcome) if STALE not in tags else None
        if body is None:
            return None
        document, name, _, media_type, _ = key
        return Kept(body, media_type, policy, tags, time.monotonic(), name, document)

    def _policy(self, admitted: AdmittedOperation) -> CachePolicy | None:
        place = (admitted.digest, admitted.name)
        if len(admitted.name or "") > _LONGEST_NAME:
            return self._policies.of(admitted.operation, admitted.fragments)
        if place not in self._remembered:
            if len(self._remembered) >= _MOST_POLICIES:
                self._remembered.clear()
            self._remembered[place] = self._policies.of(admitted.operation, admitted.fragments)
        return self._remembered[place]

    def _remember(self, raw: RawKey, key: Key) -> None:
        place = (raw, key[3])
        self._raw[place] = key
        self._raw.move_to_end(place)
        if len(self._raw) > _MOST_RAW:
            self._raw.popitem(last=False)

    def _now(self) -> int:
        return int(time.time() // self._tick)
