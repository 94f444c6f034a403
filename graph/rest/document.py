"""`GET /documents/<id or name>`: a registered query at an address that caches and browsers can keep.

It needs no proof against foreign pages, unlike `GET /graphql`: what runs was registered by the operator, reads only,
and is the same for whoever asks, so a foreign page gains nothing by sending it; and what a cache may keep must not
depend on a header that each client makes up.
"""

from graphql import OperationType
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from graph.documents.refusal import Refusal
from graph.engine import Engine
from graph.http.accept import accept_of
from graph.http.responses import send_json
from graph.responses.kept import Kept
from graph.responses.serving import send_kept
from graph.rest.parameters import read_variables
from graph.rest.reading import answered, is_answered
from ops.errors import BadRequest, NotAcceptable, ValidationFailed
from ops.settings import Settings

METHODS = "GET, HEAD, OPTIONS"


class DocumentEndpoint:
    """An ASGI application whose path parameter `document` is an id or a name."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a GraphQL response under its own status, whatever the media type. Raises PublicError."""
        if await is_answered(scope, send, METHODS):
            return
        media_type = accept_of(Headers(scope=scope)).json()
        if media_type is None:
            raise NotAcceptable("Accept leaves neither 'application/graphql-response+json' nor 'application/json'")
        name: str = scope["path_params"]["document"]
        document = self._engine.library.find(name)
        try:
            operation = self._engine.library.operation(document)
        except Refusal as refused:
            raise ValidationFailed(f"The document no longer fits the schema: {refused.errors[0].message}") from refused
        if operation.operation is not OperationType.QUERY:
            kind = operation.operation.value
            raise BadRequest(f"This document is a {kind}, and a GET runs queries: send its id as 'documentId' by POST")
        variables = read_variables(scope["query_string"], self._engine.library.schema, operation, self._settings.limits)
        answer = await answered(self._engine, document.text, variables, scope, receive, media_type)
        if isinstance(answer, Kept):
            await send_kept(scope, send, answer)
        else:
            await send_json(send, answer.body(), status=answer.status, media_type=media_type)
