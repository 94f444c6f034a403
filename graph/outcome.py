"""What one operation, or one event of a subscription, came to."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from ops.errors import DeadlineExceeded, Unavailable

OK = 200
LEFT = 499
"""The status that records show, in nginx's tradition, where the client left before the answer."""


class Reads(Struct, frozen=True):
    """What an answer was made of: tags of all that was read, the invalidations' mark before, the request's tick.

    `mark` is None where nothing tells of writes; `tick` is the request's instant in whole window ticks.
    """

    tags: frozenset[str]
    mark: int | None
    tick: int


class Outcome(Struct, frozen=True):
    """A response in GraphQL's terms. `refused` says that nothing was executed, so that it has no `data` entry.

    `status` is the HTTP status under `application/graphql-response+json`.
    """

    data: dict[str, Any] | Struct | None
    errors: tuple[dict[str, Any], ...] = ()
    refused: bool = False
    status: int = OK
    extensions: dict[str, Any] | None = None
    reads: Reads | None = None

    def body(self) -> dict[str, Any]:
        """Return the response map of the GraphQL specification: errors first, where there are any."""
        members: dict[str, Any] = {"errors": self.errors} if self.errors else {}
        if not self.refused:
            members["data"] = self.data
        if self.extensions is not None:
            members["extensions"] = self.extensions
        return members

    def codes(self) -> list[str]:
        """Return the distinct error codes, sorted."""
        return sorted({str(error["extensions"]["code"]) for error in self.errors})


def refusal(errors: Iterable[dict[str, Any]], status: int) -> Outcome:
    """Return the outcome of an operation that never ran."""
    return Outcome(None, tuple(errors), refused=True, status=status)


def executed(data: dict[str, Any] | Struct | None, errors: tuple[dict[str, Any], ...]) -> Outcome:
    """Return the outcome of an operation that ran.

    Where every root field is null because stores were away or time ran out, nothing was answered: the status says so
    (503, or 504 when no store was away), and `data` is null, as GraphQL over HTTP wants of anything but 200.
    """
    if not errors or _answered(data) or not all(error["extensions"].get("retryable") for error in errors):
        return Outcome(data, errors)
    away = any(error["extensions"]["code"] == Unavailable.code for error in errors)
    return Outcome(None, errors, status=Unavailable.status if away else DeadlineExceeded.status)


def _answered(data: dict[str, Any] | Struct | None) -> bool:
    if data is None:
        return False
    return any(value is not None for value in (astuple(data) if isinstance(data, Struct) else data.values()))
