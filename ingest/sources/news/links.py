"""One spelling per web address, so that an article is one under all the addresses that campaigns give it."""

from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

_TRACKING: Final = frozenset(
    {
        "fbclid",
        "gclid",
        "dclid",
        "msclkid",
        "igshid",
        "mc_cid",
        "mc_eid",
        "ref_src",
        "cmpid",
        "ncid",
        "guccounter",
        "ocid",
    }
)
_TRACKING_START: Final = "utm_"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def canonical_link(url: str | None, base: str = "") -> str | None:
    """Return an http or https address without tracking, fragment, user and default port; None for anything else.

    `base` is what a relative address is relative to. The order of the query's other parameters stays.
    """
    if not url or not url.strip():
        return None
    try:
        parts = urlsplit(urljoin(base, url.strip()))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        netloc += f":{port}"
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(pair[0])]
    query = parts.query if len(kept) == parts.query.count("&") + 1 else urlencode(kept)
    return urlunsplit((parts.scheme, netloc, parts.path or "/", query, ""))


def _tracks(name: str) -> bool:
    return name.lower() in _TRACKING or name.lower().startswith(_TRACKING_START)
