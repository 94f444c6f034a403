"""The end of an operation: its record is made, and told to all who observe."""

from collections.abc import Sequence
from time import perf_counter
from typing import Protocol

import structlog

from graph.caller import Caller
from graph.documents.operation import AdmittedOperation
from graph.documents.registered import Registered
from graph.responses.kept import Kept
from ops.operation_record import (
    BatchRecord,
    CallRecord,
    FieldRecord,
    Observer,
    OperationRecord,
    StatementRecord,
)

_MOST_CHARACTERS = 100
_QUERY = "query"
_OK = 200
log = structlog.get_logger()


class Done(Protocol):
    """What the context of an operation tells of the work that was done."""

    @property
    def statements(self) -> Sequence[StatementRecord]:
        """SQL statements, in the order of their ends."""
        ...

    @property
    def ledger(self) -> Sequence[BatchRecord]:
        """Batches, in the order of their ends."""
        ...

    @property
    def fields(self) -> Sequence[FieldRecord]:
        """Field paths, parents before children; none where nobody timed them."""
        ...

    @property
    def calls(self) -> Sequence[CallRecord]:
        """Calls of the shared cache."""
        ...

    @property
    def memory_hits(self) -> int:
        """Keys that were answered from this process' memory."""
        ...


class _NothingDone:
    statements: Sequence[StatementRecord] = ()
    ledger: Sequence[BatchRecord] = ()
    fields: Sequence[FieldRecord] = ()
    calls: Sequence[CallRecord] = ()
    memory_hits = 0


_NOTHING_DONE = _NothingDone()


class Observers:
    """Tells records to a few observers, which are set when the application is put together."""

    def __init__(self, registered: Registered, observers: Sequence[Observer] = ()) -> None:
        self.all: tuple[Observer, ...] = tuple(observers)
        self._registered = registered

    def refused(self, caller: Caller, name: str | None, status: int, codes: Sequence[str]) -> None:
        """Tell of an operation that did not run."""
        self.tell(
            OperationRecord(
                caller.request_id,
                "refused",
                shortened(name),
                caller.begun,
                perf_counter() - caller.begun,
                status,
                codes,
                client=caller.client,
                trace=caller.trace,
                phases=caller.phases,
            )
        )

    def recalled(self, caller: Caller, kept: Kept) -> None:
        """Tell of an operation whose answer was ready."""
        self.tell(
            OperationRecord(
                caller.request_id,
                _QUERY,
                shortened(kept.name),
                caller.begun,
                perf_counter() - caller.begun,
                _OK,
                (),
                True,  # noqa: FBT003 - by their places: names would cost half a microsecond, here and below
                kept.document,
                self._registered.knows(kept.document),
                caller.client,
                0,
                caller.trace,
                caller.phases,
            )
        )

    def ended(
        self,
        caller: Caller,
        admitted: AdmittedOperation,
        status: int,
        codes: Sequence[str],
        *,
        done: Done | None = None,
        kind: str | None = None,
        events: int | None = None,
    ) -> None:
        """Tell of an operation that ran; `kind` is for what is not of its document's kind."""
        work: Done = done if done is not None else _NOTHING_DONE
        self.tell(
            OperationRecord(
                caller.request_id,
                kind or admitted.kind_name,
                shortened(admitted.name),
                caller.begun,
                perf_counter() - caller.begun,
                status,
                codes,
                False,  # noqa: FBT003 - as above
                admitted.digest,
                self._registered.knows(admitted.digest),
                caller.client,
                admitted.cost,
                caller.trace,
                caller.phases,
                work.fields,
                work.ledger,
                work.statements,
                work.calls,
                work.memory_hits,
                events,
            )
        )

    def tell(self, record: OperationRecord) -> None:
        """Tell all observers. One that fails is an error of ours, and none of the operation's."""
        for observer in self.all:
            try:
                observer(record)
            except Exception:
                log.exception("observer_failed", observer=getattr(observer, "__qualname__", repr(observer)))


def shortened(name: str | None) -> str | None:
    """Return an operation's name as records have it: a client may choose one as long as a document."""
    return name[:_MOST_CHARACTERS] if name is not None else None
