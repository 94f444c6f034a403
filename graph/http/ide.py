"""The IDE at the endpoint's own address, for a person in development who asks for no document."""

from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.http.accept import accept_of
from graph.ide import ide_page
from ops.settings import Settings

_NAMING_A_DOCUMENT = frozenset({"query", "extensions", "documentId", "doc_id"})


class IdeOrEndpoint:
    """Whatever names a document is the endpoint's, so that a persisted hash never meets a page."""

    def __init__(self, endpoint: ASGIApp, settings: Settings) -> None:
        self._endpoint = endpoint
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page, or pass the request on."""
        if not self._wants_page(scope):
            await self._endpoint(scope, receive, send)
            return
        page, headers = ide_page(self._settings)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": page})

    def _wants_page(self, scope: Scope) -> bool:
        if not self._settings.exploring or scope["method"] not in ("GET", "HEAD"):
            return False
        if not accept_of(Headers(scope=scope)).prefers_html():
            return False
        query_string = scope["query_string"][: self._settings.limits.body_bytes].decode("latin-1")
        names = parse_qs(query_string, keep_blank_values=True, encoding="latin-1")
        return _NAMING_A_DOCUMENT.isdisjoint(names)
