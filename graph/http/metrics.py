"""`/metrics`: what this process counts, for Prometheus and for the operator."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from graph.http.operator import check_operator
from graph.http.responses import send_whole
from ops.errors import MethodNotAllowed
from ops.metrics import Metrics
from ops.metrics.exposition import content_type, pieces
from ops.settings import Settings

METRICS_PATH = "/metrics"


class MetricsEndpoint:
    """Answers a scrape, in OpenMetrics or text. Others have their turn between the pieces that it is written in."""

    def __init__(self, metrics: Metrics, settings: Settings) -> None:
        self._metrics = metrics
        self._settings = settings

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one scrape. Raises MethodNotAllowed and OperatorOnly."""
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed("Metrics are read by GET", allow="GET, HEAD")
        headers = Headers(scope=scope)
        check_operator(headers, self._settings)
        await self._metrics.refresh()
        form = content_type(", ".join(headers.getlist("accept")))
        written = []
        for piece in pieces(self._metrics.registry, form):
            written.append(piece)
            await asyncio.sleep(0)
        body = b"".join(written)
        fields = [
            (b"content-type", form.encode()),
            (b"content-length", b"%d" % len(body)),
            (b"vary", b"accept"),
        ]
        await send_whole(send, 200, fields, body)
