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
from ops.errors import PublicError
from ops.settings import Settings

_CONDITIONAL = b"if-none-match"
log = structlog.get_logger(__name__)


class ReadyAnswers:
    """Finds what can be written at once for requests of one path."""

    def __init__(self, path: str, engine: Engine, judge: Judge, settings: Settings, drain: Drain) -> None:
        self._path = path
        self._url = path.encode()
        self._engine = engine
        self._judge = judge
        self._drain = drain
        self._most_bytes = settings.limits.body_bytes

    def find(self, method: bytes, url: bytes, headers: Sequence[Header], body: bytes) -> tuple[bytes, bytes] | None:
        """Return fields and body of a kept answer, under 200; None where the request has to go the ordinary way."""
        if method == b"POST" and url == self._url:
            raw = body
        elif method == b"GET" and b"#" not in url:
            path, _, raw = url.partition(b"?")
            if path != self._url:
                return None
        else:
            return None
        if self._drain.begun.is_set() or len(body) > self._most_bytes:
            return None
        try:
            return self._answer(method.decode(), headers, raw)
        except PublicError:
            return None
        except Exception:
            log.exception("ready_answer_failed")
            return None

    def _answer(self, method: str, headers: Sequence[Header], raw: bytes) -> tuple[bytes, bytes] | None:
        judged = self._judge.judge(method, headers)
        if judged.kept is None:
            return None
        sent_id = b""
        for name, value in headers:
            if name == HEADER:
                sent_id = sent_id or value
            elif name == _CONDITIONAL:
                return None
        request_id = choose_id(sent_id)
        kept = self._engine.recall(method, self._path, raw, judged.kept, request_id)
        if not isinstance(kept, Kept):
            return None
        age = int(time.monotonic() - kept.made_at)
        of_age = b"age: %d\r\n" % age if age > 0 else b""
        end = b"%bx-request-id: %b\r\n\r\n" % (of_age, request_id.encode())
        return _head(kept, method, judged) + end, kept.body


def _head(kept: Kept, method: str, judged: Judgement) -> bytes:
    """Return the fields that answers of this one have in common for a method and an origin."""
    permitted = judged.permission.origin if judged.permission is not None else None
    head = kept.heads.get((method, permitted))
    if head is None:
        tag = [(b"etag", kept.etag)] if method == "GET" else []
        fields = complete([*kept.headers, *tag], judged.permission)
        head = b"".join([b"%b: %b\r\n" % field for field in fields])
        kept.remember_head((method, permitted), head)
    return head
