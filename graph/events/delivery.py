"""What subscribers are sent for one event: encoded once, whoever receives it."""

from collections.abc import Mapping
from typing import Any

from graph.http.responses import encode
from graph.outcome import Outcome
from resolvers.updates import Gap, Notice


class Delivery:
    """A response, encoded. `refused` holds the errors of an operation that ends here; `notice` is what it answers."""

    __slots__ = ("_event", "body", "codes", "notice", "refused")

    def __init__(self, outcome: Outcome, notice: Notice | None = None) -> None:
        self.body = encode(outcome.body())
        self.codes = tuple(outcome.codes())
        self.refused: tuple[Mapping[str, Any], ...] | None = outcome.errors if outcome.refused else None
        self.notice = notice
        self._event: bytes | None = None

    @property
    def gap(self) -> Gap | None:
        """The gap that it tells of."""
        return self.notice.gap if self.notice is not None else None

    def event(self) -> bytes:
        """Return it as a server-sent event: the same bytes for everybody."""
        if self._event is None:
            self._event = b"event: next\ndata: " + self.body + b"\n\n"
        return self._event
