"""Kept answers for our own server, straight from the request's bytes: no task, no scope, no messages.

Whatever is not plainly a request whose answer is kept gets None, and goes the ordinary way, past the gates and through
the endpoint: refusals, entity tags and everything that has to wait are at home there. What is answered here passed the
same gates by the same code.
"""

import time
from collections.abc import Sequence

import structlog

from graph.drain import Drain
from graph.engine import Engine
from graph.http.connection import Header
from graph.http.head import Judge, Judgement
from graph.middleware.request_id import HEADER, choose_id
from graph.middleware.response import complete
from graph.responses.kept import Kept
from graph.responses.raw_key import raw_key
from ops.errors import PublicError
from ops.settings import Settings

_CONDITIONAL = b"if-none-match"
log = structlog.get_logger(__name__)


class ReadyAnswers:
    """Finds what can be written at once for requests of one path."""

    def __init__(self, path: str, engine: Engine, judge: Judge, settings: Settings, drain: Drain) -> None:
        self._path = path
        self._url = path.encode()
        self.engine = engine
        self._judge = judge
        self.drain = drain
        self._most_bytes = settings.limits.body_bytes

    def find(self, method: bytes, url: bytes, headers: Sequence[Header], body: bytes) -> "Asked | None":
        """Return what a whole request asks for, if that may be kept; None where it has to go the ordinary way."""
        if method == b"POST" and url == self._url:
            raw = body
        elif method == b"GET" and b"#" not in url:
            path, _, raw = url.partition(b"?")
            if path != self._url:
                return None
        else:
            return None
        if not self.engine.keeps or len(body) > self._most_bytes:
            return None
        try:
            judged = self._judge.judge(method.decode(), headers)
        except PublicError:
            return None
        sent_id = b""
        for name, value in headers:
            if name == HEADER:
                sent_id = sent_id or value
            elif name == _CONDITIONAL:
                return None
        return Asked(self, method.decode(), self._path, raw, judged, sent_id) if judged.kept is not None else None


class Asked:
    """A request that passed the gates. It may be asked again for requests that come in the very same bytes.

    `repeats` says whether such are to be expected: an id of their client's own makes all requests different.
    """

    __slots__ = ("_answers", "_judged", "_key", "_method", "_permitted", "_revision", "_sent_id", "repeats")

    def __init__(
        self, answers: ReadyAnswers, method: str, path: str, raw: bytes, judged: Judgement, sent_id: bytes
    ) -> None:
        self._answers = answers
        self._method = method
        self._judged = judged
        self._permitted = judged.permission.origin if judged.permission is not None else None
        self._sent_id = sent_id
        self._revision = answers.engine.revision
        self._key = raw_key(method, path, self._revision, raw)
        self.repeats = not sent_id

    def answer(self) -> tuple[bytes, bytes] | None:
        """Return fields and body of the kept answer, under 200; None where the request has to go the ordinary way."""
        engine, media_type = self._answers.engine, self._judged.kept
        if self._key is None or media_type is None or self._revision != engine.revision:
            return None
        if self._answers.drain.begun.is_set():
            return None
        try:
            request_id = choose_id(self._sent_id)
            kept = engine.recall(self._key, media_type, request_id)
            return self._written(kept, request_id) if kept is not None else None
        except Exception:
            log.exception("ready_answer_failed")
            return None

    def _written(self, kept: Kept, request_id: str) -> tuple[bytes, bytes]:
        age = int(time.monotonic() - kept.made_at)
        of_age = b"age: %d\r\n" % age if age > 0 else b""
        head = kept.heads.get((self._method, self._permitted)) or self._begun(kept)
        return b"%b%bx-request-id: %b\r\n\r\n" % (head, of_age, request_id.encode()), kept.body

    def _begun(self, kept: Kept) -> bytes:
        """Return the fields that answers of this one have in common for a method and an origin."""
        tag = [(b"etag", kept.etag)] if self._method == "GET" else []
        fields = complete([*kept.headers, *tag], self._judged.permission)
        head = b"".join([b"%b: %b\r\n" % field for field in fields])
        kept.remember_head((self._method, self._permitted), head)
        return head
