"""The one seam to the web: every call of a source goes through a Client, over a transport that tests can replace.

A call keeps the API's pace, has a deadline, is measured, and is tried again where no sound answer came; after failures
in a row the circuit opens. Redirects are not followed and bodies are capped: an answer comes from where it was asked
for, and fits into memory.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import httpx
import stamina
import structlog

from ingest.sources.answer import Answer
from ingest.sources.body import ACCEPTED, Body
from ingest.sources.call_traces import CANCELLED
from ingest.sources.calls import Calls
from ingest.sources.circuit import Circuit
from ingest.sources.failures import Malformed, SourceFailure, Unreachable
from ingest.sources.pace import Pace

TOLERATED_SKEW: Final = timedelta(minutes=1)
_SERVER_ERRORS: Final = 500
_PACKED: Final = {"accept-encoding": ACCEPTED}
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """Bounds of one call. Seconds are of one try; `wait` is the first pause, which doubles, plus up to `wait` more."""

    seconds: float = 10.0
    tries: int = 3
    wait: float = 0.5
    longest_wait: float = 5.0
    body_bytes: int = 8 * 1_048_576


class Client:
    """Calls one API. Raises SourceFailure; an answer that says no (4xx, or a redirect) is an answer."""

    def __init__(
        self,
        api: str,
        http: httpx.AsyncClient,
        pace: Pace,
        calls: Calls,
        policy: CallPolicy,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.api = api
        self.pace = pace
        self.now = now
        self._http = http
        self._calls = calls
        self._policy = policy
        self._circuit = Circuit(api, clock)
        self._skew_told = False

    async def get(self, url: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Fetch a resource."""
        return await self._call(self._http.build_request("GET", url, params=params, headers={**_PACKED, **headers}))

    async def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Send a form that may be sent twice."""
        return await self._call(self._http.build_request("POST", url, data=form, headers={**_PACKED, **headers}))

    async def _call(self, request: httpx.Request) -> Answer:
        policy = self._policy
        retries = stamina.retry_context(
            on=Unreachable,
            attempts=policy.tries,
            timeout=None,
            wait_initial=policy.wait,
            wait_max=policy.longest_wait,
            wait_jitter=policy.wait,
        )
        async for attempt in retries:
            with attempt:
                self._circuit.admit()
                await self.pace.enter()
                return await self._attempt(request)
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, request: httpx.Request) -> Answer:
        outcome: int | str = CANCELLED
        trace = self._calls.traces.begin(request)
        begun = time.perf_counter()
        try:
            answer = await self._exchange(request)
        except SourceFailure as failure:
            outcome = type(failure).__name__.lower()
            self._circuit.failed()
            raise
        else:
            outcome = answer.status
            if answer.status >= _SERVER_ERRORS:
                self._circuit.failed()
                raise Unreachable(f"HTTP {answer.status}")
            self._circuit.succeeded()
            self._compare_clocks(answer)
            return answer
        finally:
            seconds = time.perf_counter() - begun
            self._calls.note(self.api, outcome, seconds)
            self._calls.traces.end(self.api, request, trace, begun, seconds, outcome)

    async def _exchange(self, request: httpx.Request) -> Answer:
        """Send and read whole. The driver's own words stay behind: they may hold the address, and that a key."""
        try:
            async with asyncio.timeout(self._policy.seconds):
                response = await self._http.send(request, stream=True, follow_redirects=False)
                try:
                    body = await self._read(response)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise Unreachable(f"no answer within {self._policy.seconds:g} s") from None
        except (httpx.TransportError, httpx.InvalidURL, OSError) as error:
            raise Unreachable(f"no answer ({type(error).__name__})") from None
        return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)

    async def _read(self, response: httpx.Response) -> bytes:
        try:
            body = Body(response.headers.get("content-encoding", ""), self._policy.body_bytes)
            async for piece in response.aiter_raw():
                body.add(piece)
            return body.whole()
        except Malformed as failure:
            raise Malformed(f"HTTP {response.status_code}: {failure}") from None

    def _compare_clocks(self, answer: Answer) -> None:
        if self._skew_told or answer.date is None:
            return
        skew = self.now() - answer.date
        if abs(skew) > TOLERATED_SKEW:
            self._skew_told = True
            _log.warning("clock_skew", api=self.api, our_clock_is_ahead_by_seconds=round(skew.total_seconds()))
