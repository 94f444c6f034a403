"""`/budgets`: the times of field paths over the last hour beside their budgets, for the operator."""

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from graph.http.operator import check_operator
from graph.http.responses import send_json
from graph.recent_fields import RecentFields
from ops.errors import MethodNotAllowed
from ops.settings import Settings

BUDGETS_PATH = "/budgets"


class BudgetsEndpoint:
    """Answers with what this process saw, in no order; never from a cache."""

    def __init__(self, fields: RecentFields, settings: Settings) -> None:
        self._fields = fields
        self._settings = settings

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request. Raises MethodNotAllowed and OperatorOnly."""
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed("Budgets are read by GET", allow="GET, HEAD")
        check_operator(Headers(scope=scope), self._settings)
        await send_json(send, self._fields.recent(), headers=[(b"cache-control", b"no-store")])
