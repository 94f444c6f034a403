"""Which part an error comes from, by its code: decided once, for the metrics and for the analysis of logs."""

from typing import Final, Literal, get_args

from ops.errors import DeadlineExceeded, Internal, Unavailable

Component = Literal["client", "graph", "database", "cache", "external", "intake"]
COMPONENTS: Final[tuple[Component, ...]] = get_args(Component)
"""`client`: the request itself. `graph`: this project's code. `database` and `cache`: the stores. `external`: other
people's APIs. `intake`: what collects, scores and writes."""

CANCELLED: Final = "CANCELLED"
"""The code under which an operation is recorded whose client left before the answer."""

CACHE_UNANSWERED: Final = "CACHE_UNANSWERED"
"""The code of a call of the shared cache that failed or came too late; no client ever sees it."""

_FAULTS: Final[dict[str, Component]] = {
    Unavailable.code: "database",
    DeadlineExceeded.code: "database",
    Internal.code: "graph",
    CACHE_UNANSWERED: "cache",
}


def component_of(code: str) -> Component:
    """Return where an operation's error comes from: whatever is no fault of ours is the request's."""
    return _FAULTS.get(code, "client")
