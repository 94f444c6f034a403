"""Requests that a foreign page could send with a visitor's cookies, without asking by a preflight, are refused.

A POST is safe once its content type is JSON: no form can send that. A GET proves itself by one of these:
- a header that a page can add only after a preflight;
- the browser's own word that the request comes from our pages or from the address bar (Sec-Fetch-Site, which no
  script can write; so `EventSource`, which sets no headers, works on our own pages);
- an origin that the settings name.
"""

from collections.abc import Collection

from starlette.datastructures import Headers

from graph.http.content import is_json
from ops.errors import CsrfBlocked

PROVING_HEADERS = (
    "apollo-require-preflight",
    "authorization",
    "graphql-require-preflight",
    "x-apollo-operation-name",
    "x-graphql-event-stream-token",
    "x-graphql-yoga-csrf",
    "x-requested-with",
)
_OWN_SITES = ("same-origin", "none")


def check_get(headers: Headers, origins: Collection[str]) -> None:
    """Raise CsrfBlocked unless the GET proves that no foreign page sent it."""
    proven = (
        is_json(headers)
        or any(name in headers for name in PROVING_HEADERS)
        or headers.get("sec-fetch-site") in _OWN_SITES
        or headers.get("origin") in origins
    )
    if not proven:
        raise CsrfBlocked(
            "Send a GET with 'content-type: application/json' or a header such as 'graphql-require-preflight: 1', "
            "so that browsers ask before a foreign page may send it"
        )
