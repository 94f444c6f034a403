"""After the stop signal: new requests are sent elsewhere, and so are those that the server cancels at its end."""

from starlette.types import Scope

from graph.drain import Drain
from ops.errors import Unavailable

ALIVE_PATH = "/livez"


def refuse_new(scope: Scope, drain: Drain) -> None:
    """Raise Unavailable for a request that comes during the drain; only the liveness probe still gets its answer."""
    if drain.begun.is_set() and scope["path"] != ALIVE_PATH:
        raise Unavailable("The server is stopping; ask again, another one will answer")


def cut_off() -> Unavailable:
    """Return what the client of a request is told that the server cancelled at its end."""
    return Unavailable("The server is stopping and could not finish; ask again, another one will")
