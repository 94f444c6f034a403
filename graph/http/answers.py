"""What an operation came to, as an HTTP response: its status, its type, its body."""

from starlette.types import Scope, Send

from graph.http.accept import JSON, MediaType
from graph.http.responses import content_type, encode, send_json, send_whole
from graph.middleware.response import Response
from graph.outcome import OK, Outcome
from graph.responses.kept import Kept
from graph.responses.serving import send_kept
from ops.errors import BadRequest, MethodNotAllowed, PublicError


async def send_answer(scope: Scope, send: Send, answer: Kept | Outcome, media_type: MediaType) -> None:
    """Send what may be kept with how long it may, and all else as what nobody keeps."""
    if isinstance(answer, Kept):
        await send_kept(scope, send, answer)
    else:
        await send_outcome(send, answer, media_type)


async def send_outcome(send: Send, outcome: Outcome, media_type: MediaType) -> None:
    """Send a result or a refusal, in one write where the server can do that."""
    status = status_for(outcome, media_type)
    if status == OK:
        body, kind = encode(outcome.body()), content_type(media_type)
        if not isinstance(send, Response) or not send.send_ready((kind,), body):
            await send_whole(send, status, [kind, (b"content-length", b"%d" % len(body))], body)
        return
    allow = [(b"allow", b"POST")] if status == MethodNotAllowed.status else []
    await send_json(send, outcome.body(), status=status, media_type=media_type, headers=allow)


def status_for(outcome: Outcome, media_type: MediaType) -> int:
    """Return the HTTP status: under `application/json`, the errors of a request that has a document come with 200."""
    document_is_wrong = (
        outcome.refused and outcome.status == PublicError.status and BadRequest.code not in outcome.codes()
    )
    return OK if document_is_wrong and media_type == JSON else outcome.status
