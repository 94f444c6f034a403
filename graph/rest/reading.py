"""What all these paths share: which methods they know, and how their documents run."""

from typing import Any

from starlette.types import Receive, Scope, Send

from graph.caller import Caller, introduction
from graph.documents.operation import AdmittedOperation
from graph.documents.query_string import parameters
from graph.documents.request import OperationRequest
from graph.engine import Engine
from graph.http.accept import JSON, MediaType
from graph.http.connection import while_client_waits
from graph.outcome import Outcome
from graph.responses.cache import GRAPHQL, Form
from graph.responses.kept import Kept
from ops.errors import BadRequest, MethodNotAllowed

_MOST_PARAMETERS = 100
_LONGEST_NAME = 40


async def is_answered(scope: Scope, send: Send, allowed: str) -> bool:
    """Answer OPTIONS, and say so; raise MethodNotAllowed for a method that is not in `allowed`."""
    method: str = scope["method"]
    if method == "OPTIONS":
        await send({"type": "http.response.start", "status": 204, "headers": [(b"allow", allowed.encode())]})
        await send({"type": "http.response.body", "body": b""})
        return True
    if method not in allowed.split(", "):
        raise MethodNotAllowed(f"{method[:20]} is not one of {allowed}", allow=allowed)
    return False


def refuse_parameters(scope: Scope, hint: str) -> None:
    """Raise BadRequest for a query string, of an address that takes no parameters; `hint` says what it takes."""
    given = parameters(scope["query_string"], _MOST_PARAMETERS)
    if given:
        name = given[0][0].encode("latin-1").decode(errors="replace")
        shown = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
        raise BadRequest(f"This address has no parameter '{shown}', nor any other: {hint}")


async def run(engine: Engine, text: str, variables: dict[str, Any], scope: Scope, receive: Receive) -> Outcome:
    """Admit and execute a query; it ends when its client leaves. Raises ClientLeft."""
    caller = engine.callers.meet(scope["state"]["request_id"], introduction(scope["headers"]))
    admitted = _admit(engine, text, variables, caller)
    if isinstance(admitted, Outcome):
        return admitted
    return await while_client_waits(scope, receive, engine.execute(admitted, caller))


async def answered(
    engine: Engine,
    text: str,
    variables: dict[str, Any],
    scope: Scope,
    receive: Receive,
    media_type: MediaType = JSON,
    form: Form = GRAPHQL,
) -> Kept | Outcome:
    """Do as `run`, but return what caches may keep as it is kept, written down in the form."""
    caller = engine.callers.meet(scope["state"]["request_id"], introduction(scope["headers"]))
    admitted = _admit(engine, text, variables, caller)
    if isinstance(admitted, Outcome):
        return admitted
    return await while_client_waits(scope, receive, engine.answer(admitted, caller, media_type, form=form))


def _admit(engine: Engine, text: str, variables: dict[str, Any], caller: Caller) -> AdmittedOperation | Outcome:
    return engine.admit(OperationRequest(text, None, variables), caller, allow_mutations=False)
