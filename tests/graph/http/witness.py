"""What the sample's resolvers see, and what a test sees of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from ops.operation_record import BatchRecord, CallRecord, FieldRecord, StatementRecord


@dataclass(eq=False)
class Context:
    """A context that tells whether it was closed."""

    witness: "Witness"
    statements: tuple[StatementRecord, ...] = ()
    ledger: tuple[BatchRecord, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    memory_hits: int = 0
    fields: Sequence[FieldRecord] = ()
    timed: bool = False
    tags: frozenset[str] = frozenset()
    mark: int | None = None
    tick: int = 0
    closed: bool = False

    def remark(self, comment: str) -> None:
        """There is no SQL here."""

    def read_afresh(self) -> None:
        """Nothing is remembered here."""

    async def aclose(self) -> None:
        """Remember the close."""
        self.closed = True


@dataclass
class Witness:
    """What the resolvers saw."""

    contexts: list[Context] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    source_closed: asyncio.Event = field(default_factory=asyncio.Event)
    allowed: asyncio.Event = field(default_factory=asyncio.Event)
    bumps: int = 0
