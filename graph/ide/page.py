"""The page itself, with the headers that confine it.

Asked for on every visit and never cached, so a build made while the server runs shows at the next reload.
"""

import html
from string import Template

from graph.ide.build import MISSING, STATIC, built
from ops.settings import Settings

_CONFINED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'"
# connect-src 'self' covers ws: and wss: on this host too (Content Security Policy Level 3, scheme-part match).
_GRAPHIQL_POLICY = (
    f"{_CONFINED}; script-src 'self'; worker-src 'self'; font-src 'self' data:; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'"  # the editor positions its lines and widgets by style attributes
)
_PLAIN_POLICY = f"{_CONFINED}; script-src 'self'; style-src 'self'; img-src data:"

_GRAPHIQL_PAGE = Template((STATIC / "pages" / "graphiql.html").read_text("utf-8"))
_PLAIN_PAGE = Template((STATIC / "pages" / "plain.html").read_text("utf-8"))
_FIRST_LOOK = (STATIC / "first_look.graphql").read_text("utf-8")


def ide_page(settings: Settings) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Return the HTML of the IDE and its response headers (content type and length included).

    GraphiQL where `make graphiql` has built it, else a plain page that says so. Raises ValueError outside
    development, where there is no IDE: the caller answers such a request as it would any other.
    """
    if not settings.development:
        raise ValueError("the IDE belongs to the development environment")
    build = built()
    if build is None:
        page = _PLAIN_PAGE.substitute(missing=MISSING, query=html.escape(_FIRST_LOOK))
        policy = _PLAIN_POLICY
    else:
        page = _GRAPHIQL_PAGE.substitute(script=build.script, style=build.style)
        policy = _GRAPHIQL_POLICY
    body = page.encode()
    return body, _headers(body, policy)


def _headers(body: bytes, policy: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"content-security-policy", policy.encode()),
        (b"cache-control", b"no-store"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"referrer-policy", b"no-referrer"),
        (b"vary", b"accept"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
    ]
