"""Requests that need not go the ordinary way, for our own server, straight from their bytes.

An answer that is kept is written at once: no task, no scope, no messages. An operation that was admitted before in the
same bytes is run at once, past the gates and the endpoint. Whatever is not plainly one of these gets None and goes the
ordinary way: refusals, entity tags and streams are at home there. What is answered here passed the same gates by the
same code.
"""

import time
from collections.abc import Sequence
from functools import partial
from time import perf_counter

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.caller import NOBODY, TELLING, Caller, Introduction, introduced
from graph.documents.operation import AdmittedOperation
from graph.drain import Drain
from graph.engine import Engine
from graph.http.accept import MediaType
from graph.http.answers import send_answer
from graph.http.connection import Header, connection_of, while_client_waits
from graph.http.head import Judge, Judgement
from graph.middleware.body_limit import LENGTH, is_length
from graph.middleware.failures import Failures
from graph.middleware.request_id import HEADER, choose_id
from graph.middleware.response import Response, complete
from graph.outcome import OK
from graph.responses.kept import Kept
from graph.responses.raw_key import RawKey, raw_key
from ops.errors import PublicError
from ops.metrics.requests import Requests
from ops.settings import Settings

_CONDITIONAL = b"if-none-match"
log = structlog.get_logger(__name__)


class ReadyAnswers:
    """Finds what can be written or run at once for requests of one path."""

    def __init__(
        self,
        path: str,
        engine: Engine,
        judge: Judge,
        settings: Settings,
        drain: Drain,
        failures: Failures,
        requests: Requests,
    ) -> None:
        self.path = path
        self.times = {method: requests.of(method, path) for method in ("GET", "POST")}
        self._url = path.encode()
        self.engine = engine
        self._judge = judge
        self.drain = drain
        self.failures = failures
        self._most_bytes = settings.limits.body_bytes

    def find(self, method: bytes, url: bytes, headers: Sequence[Header], body: bytes) -> "Asked | None":
        """Return what a whole request asks for; None where it has to go the ordinary way."""
        raw = self._asking(method, url, body)
        if raw is None or len(body) > self._most_bytes:
            return None
        try:
            judged = self._judge.judge(method.decode(), headers)
        except PublicError:
            return None
        sent_id: bytes | None = None
        telling: list[Header] = []
        for name, value in headers:
            if name == HEADER:
                sent_id = value if sent_id is None else sent_id  # the first counts, as everywhere
            elif name in TELLING:
                telling.append((name, value))
            elif name == _CONDITIONAL or (name == LENGTH and not is_length(value)):
                return None
        if judged.kept is None:
            return None
        return Asked(self, method.decode(), raw, judged, sent_id or b"", introduced(telling) if telling else NOBODY)

    def _asking(self, method: bytes, url: bytes, body: bytes) -> bytes | None:
        """Return the bytes that say what is asked for; None for other paths and methods."""
        if method == b"POST":
            return body if url == self._url else None
        if method != b"GET" or b"#" in url:
            return None
        path, _, query = url.partition(b"?")
        return query if path == self._url else None


class Asked:
    """A request that passed the gates. It may be asked again for requests that come in the very same bytes.

    `repeats` says whether such are to be expected: an id of their client's own makes all requests different.
    """

    __slots__ = (
        "_answers",
        "_judged",
        "_key",
        "_permitted",
        "_raw",
        "_revision",
        "_sent_id",
        "_told",
        "method",
        "repeats",
    )

    def __init__(
        self, answers: ReadyAnswers, method: str, raw: bytes, judged: Judgement, sent_id: bytes, told: Introduction
    ) -> None:
        self._answers = answers
        self.method = method
        self._raw = raw
        self._judged = judged
        self._permitted = judged.permission.origin if judged.permission is not None else None
        self._sent_id = sent_id
        self._told = told
        self._revision = -1
        self._key: RawKey | None = None
        self.repeats = not sent_id

    def answer(self) -> tuple[bytes, bytes] | None:
        """Return fields and body of the kept answer, under 200; None where the request has to go the ordinary way."""
        engine, media_type = self._answers.engine, self._judged.kept
        if media_type is None or not engine.keeps or self._answers.drain.begun.is_set():
            return None
        try:
            request_id = choose_id(self._sent_id)
            key = self._looked_up()
            if key is None:
                return None
            begun = perf_counter()
            kept = engine.recall(key, media_type)
            if kept is None:
                return None
            caller = engine.callers.meet(request_id, self._told)  # not before: else one request would begin two traces
            caller.begun = begun
            engine.observers.recalled(caller, kept)
            written = self._written(kept, request_id)
            self._answers.times[self.method].note(OK, perf_counter() - begun, request_id)
        except Exception:
            log.exception("ready_answer_failed")
            return None
        return written

    def begin(self) -> ASGIApp | None:
        """Return what runs its operation, if that was admitted before; None where it has to go the ordinary way."""
        answers, media_type = self._answers, self._judged.kept
        if media_type is None or answers.drain.begun.is_set():
            return None
        try:
            engine = answers.engine
            operation = engine.before.find(self.method, self._raw)
            if operation is None:
                return None
            key = self._looked_up() if engine.keeps else None  # now: documents may be replaced before it runs
            caller = engine.callers.meet(choose_id(self._sent_id), self._told)
            return partial(self._run, partial(self._execute, operation, caller, media_type, key), caller.request_id)
        except Exception:
            log.exception("ready_answer_failed")
            return None

    async def _run(self, execute: ASGIApp, request_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        answers = self._answers
        scope["path"] = answers.path
        scope["headers"] = [(b"accept", str(self._judged.kept).encode())]
        scope["state"] = {"request_id": request_id}
        times = answers.times[self.method]
        response = Response(send, connection_of(scope), request_id, self._judged.permission, answers.drain, times)
        await answers.failures.guard(execute, scope, receive, response)

    async def _execute(
        self,
        operation: AdmittedOperation,
        caller: Caller,
        media_type: MediaType,
        key: RawKey | None,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        work = self._answers.engine.answer(operation, caller, media_type, key)
        await send_answer(scope, send, await while_client_waits(scope, receive, work), media_type)

    def _looked_up(self) -> RawKey | None:
        revision = self._answers.engine.revision
        if self._revision != revision:
            self._revision = revision
            self._key = raw_key(self.method, self._answers.path, revision, self._raw)
        return self._key

    def _written(self, kept: Kept, request_id: str) -> tuple[bytes, bytes]:
        age = int(time.monotonic() - kept.made_at)
        of_age = b"age: %d\r\n" % age if age > 0 else b""
        head = kept.heads.get((self.method, self._permitted)) or self._begun(kept)
        return b"%b%bx-request-id: %b\r\n\r\n" % (head, of_age, request_id.encode()), kept.body

    def _begun(self, kept: Kept) -> bytes:
        """Return the fields that answers of this one have in common for a method and an origin."""
        tag = [(b"etag", kept.etag)] if self.method == "GET" else []
        fields = complete([*kept.headers, *tag], self._judged.permission)
        head = b"".join([b"%b: %b\r\n" % field for field in fields])
        kept.remember_head((self.method, self._permitted), head)
        return head
