"""The last word on failures: public errors in their coded form, all others masked, logged once and counted."""

from uuid import uuid4

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.http.accept import JSON, Accept
from graph.http.disconnect import ClientLeft
from graph.http.responses import Header, send_error, send_error_and_close
from ops.errors import Internal, PayloadTooLarge, PublicError, RequestTimeout, Unavailable
from ops.metrics import Metrics

log = structlog.get_logger()
_STILL_SENDING = (PayloadTooLarge, RequestTimeout)


class Failures:
    """Turns what the application raises into a response, unless one has begun already."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and answer for what goes wrong."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except ClientLeft:
            log.info("client_left", id=scope["state"]["request_id"], path=scope["path"])
        except Exception as error:  # noqa: BLE001 - masked, logged and counted
            public = error if isinstance(error, PublicError) else self._mask(error, scope)
            if not started:  # else it stays incomplete, and the server closes its connection
                await self._answer(public, scope, receive, send)

    def _mask(self, error: Exception, scope: Scope) -> Internal:
        error_id = uuid4().hex
        self._metrics.masked_errors.inc()
        log.error("internal_error", error_id=error_id, request_id=scope["state"]["request_id"], exc_info=error)
        return Internal("Internal error", errorId=error_id)

    async def _answer(self, error: PublicError, scope: Scope, receive: Receive, send: Send) -> None:
        media_type = Accept(Headers(scope=scope).get("accept")).json() or JSON
        if isinstance(error, _STILL_SENDING):
            await send_error_and_close(receive, send, error, media_type)
            return
        headers: list[Header] = []
        if isinstance(allow := error.details.get("allow"), str):
            headers.append((b"allow", allow.encode()))
        if isinstance(error, Unavailable):
            headers.append((b"connection", b"close"))
        await send_error(send, error, media_type=media_type, headers=headers)
