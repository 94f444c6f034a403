"""Where requests are counted: under the template of their route, never under a path that a stranger chose."""

import re
from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Scope

from ops.metrics.families import OTHER
from ops.metrics.requests import Requests, RequestTimes

_CONVERTER: Final = re.compile(r":\w+}")


class Endpoints:
    """Finds the times of a request by its method and its route; `busy` paths lead past the router."""

    def __init__(self, requests: Requests, busy: Sequence[str], routes: Sequence[BaseRoute]) -> None:
        self._requests = requests
        self._exact = {path: path for path in busy}
        self._templates: list[tuple[re.Pattern[str], str]] = []
        for route in routes:
            if isinstance(route, Route | Mount):
                template = _CONVERTER.sub("}", route.path_format if isinstance(route, Route) else route.path)
                if "{" in template or isinstance(route, Mount):
                    self._templates.append((route.path_regex, template))
                else:
                    self._exact[template] = template

    def times(self, scope: Scope) -> RequestTimes:
        """Return where the answer to a request, or to a WebSocket's handshake, is counted."""
        path: str = scope["path"]
        return self._requests.of(scope.get("method", "GET"), self._exact.get(path) or self._template(path))

    def _template(self, path: str) -> str:
        for pattern, template in self._templates:
            if pattern.match(path) is not None:
                return template
        return OTHER
