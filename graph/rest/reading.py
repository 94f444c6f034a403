"""What all these paths share: which methods they know, and how their documents run."""

from typing import Any

from starlette.types import Receive, Scope, Send

from graph.documents.request import OperationRequest
from graph.engine import Engine
from graph.http.disconnect import until_disconnect
from graph.outcome import Outcome
from ops.errors import MethodNotAllowed


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


async def run(engine: Engine, text: str, variables: dict[str, Any], scope: Scope, receive: Receive) -> Outcome:
    """Admit and execute a query; it ends when its client leaves. Raises ClientLeft."""
    request_id: str = scope["state"]["request_id"]
    admitted = engine.admit(OperationRequest(text, None, variables), request_id, allow_mutations=False)
    if isinstance(admitted, Outcome):
        return admitted
    return await until_disconnect(receive, engine.execute(admitted, request_id))
