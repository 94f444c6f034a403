"""A small schema that does everything the door must cope with, and the application around it."""

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field

import strawberry
from starlette.types import ASGIApp
from strawberry.types import Info

from graph.documents.admission import Documents
from graph.drain import Drain
from graph.engine import Engine
from graph.http.health import Dependency, Readiness
from graph.middleware.gates import Gates
from graph.routes import build_routes
from ops.errors import BadArgument, Unavailable
from ops.metrics import Metrics, make_metrics
from ops.operation_record import Observer, OperationRecord
from ops.settings import Settings
from tests.asgi_exchange import with_lifespan
from tests.graph.http.witness import Context, Witness

UNSEEN = "text that clients must not see"


@strawberry.type
class Seen:
    """What an event sees of its context."""

    @strawberry.field
    async def context(self, info: Info[Context, None]) -> int:
        """Return the position of this event's context among all that were opened."""
        return info.context.witness.contexts.index(info.context)

    @strawberry.field
    async def unavailable(self) -> str | None:
        """Fail as a store that is away."""
        raise Unavailable("The database is away")


@strawberry.type
class Item:
    """An item whose non-null field may fail."""

    number: int

    @strawberry.field
    async def strict(self) -> int:
        """Fail for the second item."""
        await asyncio.sleep(0)
        if self.number == 1:
            raise BadArgument("The second item fails")
        return self.number


@strawberry.type
class Query:
    """Fields that answer, fail, break and dawdle."""

    @strawberry.field
    async def hello(self, name: str = "world") -> str | None:
        """Greet."""
        return f"hello {name}"

    @strawberry.field
    async def unavailable(self) -> str | None:
        """Fail as a store that is away."""
        raise Unavailable("The database is away")

    @strawberry.field
    async def refusing(self) -> str | None:
        """Fail by the client's own fault."""
        raise BadArgument("No")

    @strawberry.field
    async def broken(self) -> str | None:
        """Fail as only a mistake of ours can."""
        raise ZeroDivisionError(UNSEEN)

    @strawberry.field
    async def nothing(self) -> str:
        """Break the promise of a value."""
        return None  # type: ignore[return-value]

    @strawberry.field
    def not_a_number(self) -> float | None:
        """Return what JSON cannot say."""
        return math.nan

    @strawberry.field
    async def items(self) -> list[Item | None]:
        """Return three items."""
        return [Item(number=number) for number in range(3)]

    @strawberry.field
    async def text(self, characters: int) -> str | None:
        """Return a long text."""
        return "x" * characters

    @strawberry.field
    async def stubborn(self, info: Info[Context, None]) -> str | None:
        """Wait on, whoever cancels, until the witness allows the end."""
        while not info.context.witness.allowed.is_set():
            with suppress(asyncio.CancelledError):
                await info.context.witness.allowed.wait()
        return "at last"

    @strawberry.field
    async def slow(self, info: Info[Context, None]) -> str | None:
        """Wait longer than any test; tell the witness when cancelled."""
        witness = info.context.witness
        witness.started.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            witness.cancelled.set()
            raise
        return "late"


@strawberry.type
class Mutation:
    """One effect."""

    @strawberry.mutation
    async def bump(self, info: Info[Context, None]) -> int:
        """Count."""
        info.context.witness.bumps += 1
        return info.context.witness.bumps


@strawberry.type
class Subscription:
    """Streams that end, do not end, break, and cannot be opened."""

    @strawberry.subscription
    async def count(self, to: int = 3) -> AsyncGenerator[int, None]:
        """Count from 0."""
        for number in range(to):
            yield number

    @strawberry.subscription
    async def seen(self, info: Info[Context, None], to: int = 2) -> AsyncGenerator[Seen, None]:
        """Tell which context each event sees."""
        for _ in range(to):
            yield Seen()

    @strawberry.subscription
    async def endless(self, info: Info[Context, None]) -> AsyncGenerator[int, None]:
        """Send one event and wait for ever."""
        witness = info.context.witness
        try:
            yield 0
            witness.started.set()
            await asyncio.Event().wait()
        finally:
            witness.source_closed.set()

    @strawberry.subscription
    async def flood(self, info: Info[Context, None]) -> AsyncGenerator[str, None]:
        """Send more than any buffer holds, for ever."""
        try:
            while True:
                yield "x" * 100_000
        finally:
            info.context.witness.source_closed.set()

    @strawberry.subscription
    async def breaking(self) -> AsyncGenerator[int, None]:
        """Break after one event."""
        yield 0
        raise ZeroDivisionError(UNSEEN)

    @strawberry.subscription
    async def unopened(self) -> AsyncGenerator[int, None]:
        """Fail before the first event."""
        raise Unavailable("No stream")
        yield 0


@dataclass
class Sample:
    """The application with everything a test may want to look at or move."""

    settings: Settings
    dependencies: tuple[Dependency, ...] = ()
    witness: Witness = field(default_factory=Witness)
    drain: Drain = field(default_factory=Drain)
    metrics: Metrics = field(default_factory=make_metrics)
    records: list[OperationRecord] = field(default_factory=list)
    observers: tuple[Observer, ...] = ()

    def app(self) -> ASGIApp:
        """Return the application, with a lifespan that opens nothing."""
        return with_lifespan(self.routes())

    def routes(self) -> Gates:
        """Return the application without a lifespan, and with what our own server asks before it."""
        schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)._schema
        documents = Documents(schema, self.settings.limits, introspection=True, suggestions=True)
        engine = Engine(schema, documents, self._context, self.metrics, self.settings.deadlines.operation)
        engine.observers.all += (*self.observers, self.records.append)
        readiness = Readiness(self.dependencies, self.settings.deadlines.readiness)
        return build_routes(engine, self.settings, self.drain, self.metrics, readiness)

    def _context(self) -> Context:
        context = Context(self.witness)
        self.witness.contexts.append(context)
        return context


def make_sample(**settings: object) -> Sample:
    """Return a sample under the given settings and the defaults."""
    return Sample(Settings.model_validate(settings))
