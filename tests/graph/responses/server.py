"""A server that counts its executions, and writes that a test makes up."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import strawberry
from msgspec.structs import replace

from graph.documents.admission import Documents
from graph.documents.operation import AdmittedOperation
from graph.documents.request import OperationRequest
from graph.outcome import Outcome, Reads
from graph.responses.cache import Answer, ResponseCache
from graph.responses.kept import Kept
from ops.settings import Limits
from resolvers.directives import CacheControl, CacheControlScope

TICK = 10**12
"""Seconds: no answer of a test meets the end of its tick, at whatever time of day it is made."""

RAW = b"raw"


@strawberry.type
class Query:
    """A public field, a private one, and one that says nothing."""

    @strawberry.field(directives=[CacheControl(max_age=60)])
    def public(self, of: str = "") -> str:
        """Never run here."""
        return of

    own: int = strawberry.field(default=0, directives=[CacheControl(max_age=60, scope=CacheControlScope.PRIVATE)])
    silent: int = 0


SCHEMA = strawberry.Schema(Query)._schema


@dataclass
class Writes:
    """Trust that a test takes away, and writes that it makes up."""

    trusted: bool = True
    written: set[str] = field(default_factory=set)
    callbacks: list[Callable[[frozenset[str] | None], None]] = field(default_factory=list)

    def changed(self, _since: int, tags: Collection[str]) -> bool:
        """Whether the test wrote one of the tags."""
        return bool(self.written & set(tags))

    def listen(self, callback: Callable[[frozenset[str] | None], None]) -> None:
        """Remember who listens."""
        self.callbacks.append(callback)

    def write(self, *tags: str) -> None:
        """Tell of a write."""
        self.written.update(tags)
        for callback in self.callbacks:
            callback(frozenset(tags))


class Server:
    """Counts executions; each answer is their number."""

    def __init__(self, tags: Collection[str] = ("t:1",), **changed: Any) -> None:
        self.executions = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.tags = frozenset(tags)
        self.changed = changed
        self.cache: ResponseCache

    def has_executed(self, number: int) -> bool:
        """Whether that many executions began."""
        return self.executions == number

    async def execute(self) -> Outcome:
        """Answer with the number of executions so far."""
        self.executions += 1
        number = self.executions
        await self.gate.wait()
        whole = Outcome({"public": str(number)}, reads=Reads(self.tags, 1, self.cache._now()))
        return replace(whole, **self.changed)


def open_cache(server: Server, writes: Writes, wait: float = 5.0) -> ResponseCache:
    """A cache over the server."""
    server.cache = ResponseCache(SCHEMA, writes, tick=TICK, most=1_000_000, wait=wait)
    return server.cache


def admitted(query: str = "{ public }", **variables: object) -> AdmittedOperation:
    """An operation that passed every gate."""
    documents = Documents(SCHEMA, Limits(), introspection=True, suggestions=True)
    return documents.admit(OperationRequest(query, None, variables, {}), allow_mutations=False)


def body(answer: Answer) -> bytes:
    """The bytes of a kept answer."""
    kept, _ = answer
    assert isinstance(kept, Kept)
    return kept.body
