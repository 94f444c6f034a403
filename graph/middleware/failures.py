"""The last word on failures: public errors in their coded form, all others masked, logged once and counted."""

import asyncio
from uuid import uuid4

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope

from graph.drain import Drain
from graph.http.accept import JSON, accept_of
from graph.http.connection import Header
from graph.http.disconnect import ClientLeft
from graph.http.responses import send_error, send_error_and_close
from graph.middleware.draining import cut_off
from graph.middleware.response import CLOSE, Response
from ops.errors import Internal, OperatorOnly, PayloadTooLarge, PublicError, RequestTimeout, Unavailable
from ops.metrics import Metrics

log = structlog.get_logger()
PLAIN_PATHS = "/api/"
"""Where addresses speak plain JSON and nothing else, whatever Accept prefers."""
_CHALLENGE = (b"www-authenticate", b"Bearer")  # a 401 has one (RFC 9110, section 11.6.1)
_STILL_SENDING = (PayloadTooLarge, RequestTimeout)


class Failures:
    """Turns what a request raises into its response, unless that has begun already."""

    def __init__(self, metrics: Metrics, drain: Drain) -> None:
        self._metrics = metrics
        self._drain = drain

    async def guard(self, app: ASGIApp, scope: Scope, receive: Receive, response: Response) -> None:
        """Run an application; only a cancel that no drain explains passes through."""
        try:
            await app(scope, receive, response)
        except ClientLeft:
            log.info("client_left", id=scope["state"]["request_id"], path=scope["path"])
        except asyncio.CancelledError:
            if not self._drain.begun.is_set():
                raise
            await self.answer(cut_off(), scope, receive, response)
        except Exception as error:  # noqa: BLE001 - masked, logged and counted
            await self.answer(error, scope, receive, response)
        finally:
            response.end()

    async def answer(self, error: Exception, scope: Scope, receive: Receive, response: Response) -> None:
        """Answer for what went wrong; a response that has begun stays incomplete, and the server closes."""
        public = error if isinstance(error, PublicError) else self._mask(error, scope)
        self._metrics.refused(public)
        if response.started:
            return
        plain = scope["path"].startswith(PLAIN_PATHS)
        media_type = JSON if plain else accept_of(Headers(scope=scope)).json() or JSON
        if isinstance(public, _STILL_SENDING):
            await send_error_and_close(receive, response, public, media_type)
            return
        headers: list[Header] = []
        if isinstance(allow := public.details.get("allow"), str):
            headers.append((b"allow", allow.encode()))
        if isinstance(public, Unavailable):
            headers.append(CLOSE)
        elif isinstance(public, OperatorOnly):
            headers.append(_CHALLENGE)
        await send_error(response, public, media_type=media_type, headers=headers)

    def _mask(self, error: Exception, scope: Scope) -> Internal:
        error_id = uuid4().hex
        self._metrics.masked_errors.inc()
        log.error("internal_error", error_id=error_id, request_id=scope["state"]["request_id"], exc_info=error)
        return Internal("Internal error", errorId=error_id)
