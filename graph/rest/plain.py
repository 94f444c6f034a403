"""Outcomes in the terms of plain JSON over HTTP: a value, or errors under a status that says what happened."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from starlette.types import Send

from graph.http.responses import send_json
from graph.outcome import Outcome
from ops.errors import DeadlineExceeded, Internal, PublicError, ServerFault, Unavailable, UnknownSymbol

_FAULTS: tuple[type[ServerFault], ...] = (Internal, Unavailable, DeadlineExceeded)
_NOT_FOUND = 404


def root_value(outcome: Outcome, field: str) -> Any:
    """Return the value of the one root field as dicts and lists; None where it is null."""
    data = msgspec.to_builtins(outcome.data)
    return data[field] if data else None


def status_of(outcome: Outcome) -> int:
    """Return the status for an outcome with errors: that of its worst fault, else 400 for what the client asked."""
    if outcome.refused or (outcome.status != PublicError.status and not outcome.data):
        return max(outcome.status, PublicError.status)
    codes = outcome.codes()
    return next((fault.status for fault in _FAULTS if fault.code in codes), PublicError.status)


async def send_errors(send: Send, errors: Iterable[Mapping[str, Any]], status: int) -> None:
    """Send errors without what speaks of a document that the client never saw."""
    shown = [{"message": error["message"], "extensions": error["extensions"]} for error in errors]
    await send_json(send, {"errors": shown}, status=status)


async def send_unknown(send: Send, symbol: str) -> None:
    """Send that no stock has this symbol; the code is GraphQL's, the status is that of a resource that is not there."""
    error = UnknownSymbol(f"No stock has the symbol '{symbol[:40]}'", symbols=[symbol[:40]])
    await send_errors(send, [{"message": error.message, "extensions": error.extensions}], _NOT_FOUND)
