"""What a request's headers alone decide at the GraphQL endpoint, judged once for all requests that send the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers

from graph.engine import Extend
from graph.extensions import ASKED, asked_extensions
from graph.http.accept import Accept, MediaType, read_accept
from graph.http.connection import Header
from graph.http.content import check_content
from graph.http.csrf import PROVING_HEADERS, check_get
from graph.middleware.cors import Cors, Permission
from ops.settings import Settings

READING = ("GET", "HEAD")
_ASKED = ASKED.encode()
_PROVING = frozenset(name.encode() for name in PROVING_HEADERS)
_DECIDING = frozenset((b"accept", b"content-type", b"content-encoding", b"origin", b"sec-fetch-site", _ASKED))
_MOST_REMEMBERED = 1_000
_LONGEST_REMEMBERED = 1_500  # bytes of the headers that decide; a browser's have some 700
_SIZE = 100  # bytes of a header beside its value: empty ones can be sent by the thousand


@dataclass(frozen=True, slots=True)
class Judgement:
    """What may be answered, and how; `kept` is the type in which a kept answer may be sent, if one may at all."""

    accept: Accept
    extend: Extend | None
    permission: Permission | None
    kept: MediaType | None


class Judge:
    """Judges the heads of GET, HEAD and POST; nothing that is refused is remembered, nor what asks for extensions.

    `field_seconds` are the budgets that a plan shows beside its fields, by coordinate.
    """

    def __init__(self, settings: Settings, field_seconds: Mapping[str, float] | None = None) -> None:
        self._settings = settings
        self._field_seconds = field_seconds or {}
        self._cors = Cors(settings.cors_origins)
        self._remembered: dict[tuple[str | Header, ...], Judgement] = {}

    def judge(self, method: str, headers: Sequence[Header]) -> Judgement:
        """Raise PublicError for what must not be answered: extensions first, then foreign pages, then the content."""
        deciding: list[Header] = []
        for field in headers:
            name = field[0]
            if name in _DECIDING:
                deciding.append(field)
            elif name in _PROVING:
                deciding.append((name, b""))  # that it is there proves it; its value may be a secret
        key: tuple[str | Header, ...] = (method, *deciding)
        return self._remembered.get(key) or self._judge(key, method, headers, deciding)

    def _judge(
        self, key: tuple[str | Header, ...], method: str, headers: Sequence[Header], deciding: list[Header]
    ) -> Judgement:
        whole = Headers(raw=list(headers))
        accept = read_accept(b", ".join(value for name, value in deciding if name == b"accept") or None)
        extend = asked_extensions(whole, self._settings, self._field_seconds)
        if method in READING:
            check_get(whole, self._settings.cors_origins)
        else:
            check_content(whole)
        plain = extend is None and not accept.prefers_stream()
        permission = self._cors.permission(whole.get("origin"))
        judgement = Judgement(accept, extend, permission, accept.json() if plain else None)
        if ASKED not in whole and sum(_SIZE + len(value) for _, value in deciding) <= _LONGEST_REMEMBERED:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = judgement
        return judgement
