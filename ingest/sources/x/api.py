"""Calls of X's API: its rates by endpoint, the two kinds of 429, and what a refusal says."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from ingest.sources.answer import Answer
from ingest.sources.client import Client
from ingest.sources.failures import Malformed, RateLimited, Refused
from ingest.sources.x.shapes import Problem
from ops.source_settings import XSettings

WINDOW: Final = 900.0
SEARCHES: Final = 450.0
"""Calls in a window of 15 minutes that an application may make of recent search."""
LOOKUPS: Final = 300.0
"""The same for looking up posts by id."""
FIRST_BACK_OFF: Final = 15.0
CAP_PAUSE: Final = 86_400.0
_REFUSED_PAUSE: Final = 900.0
_LEAST_WAIT: Final = 1.0
_LONGEST_DETAIL: Final = 200


class UsageCapped(Refused):
    """The plan's posts of this period are used up. Nothing says when it ends, so a day passes before the next try."""


class BadRequest(Refused):
    """A parameter was not taken; `parameters` names those that were complained of."""

    def __init__(self, message: str, parameters: frozenset[str]) -> None:
        super().__init__(message, _REFUSED_PAUSE)
        self.parameters = parameters


class XApi:
    """One endpoint of X, with its own rate. Raises SourceFailure unless the answer is 200."""

    def __init__(self, client: Client, settings: XSettings, path: str) -> None:
        assert settings.bearer_token is not None  # noqa: S101  else the source is off
        self._client = client
        self._url = settings.url + path
        self._headers = {"authorization": f"Bearer {settings.bearer_token.get_secret_value()}"}

    async def get(self, params: Mapping[str, str]) -> Answer:
        """Ask the endpoint."""
        answer = await self._client.get(self._url, params, self._headers)
        if answer.status == HTTPStatus.OK:
            self._keep_rate(answer)
            return answer
        problem = _problem(answer)
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            if problem.type.endswith("usage-capped") or problem.title == "UsageCapExceeded":
                raise UsageCapped("the plan's posts of this period are used up", CAP_PAUSE)
            raise RateLimited("too many requests", self._client.pace.refused(self._reset(answer)))
        self._client.pace.accepted()
        said = "; ".join(complaint.message for complaint in problem.errors) or problem.detail or problem.title
        message = f"HTTP {answer.status}: {said[:_LONGEST_DETAIL] or 'no reason given'}"
        if answer.status == HTTPStatus.BAD_REQUEST:
            named = frozenset(name for complaint in problem.errors for name in complaint.parameters)
            raise BadRequest(message, named | {name for name in ("since_id", "until_id") if name in said})
        raise Refused(message, _REFUSED_PAUSE)

    def _keep_rate(self, answer: Answer) -> None:
        self._client.pace.accepted()
        reset = self._reset(answer)
        if answer.number("x-rate-limit-remaining") == 0 and reset is not None:
            self._client.pace.hold(reset)

    def _reset(self, answer: Answer) -> float | None:
        """Return the seconds to the end of the window, by the server's own clock where it tells it."""
        at = answer.number("x-rate-limit-reset")
        if at is None:
            return answer.wait_after(self._client.now())
        now = answer.date or self._client.now()
        return min(max(at - now.timestamp(), _LEAST_WAIT), WINDOW)


def _problem(answer: Answer) -> Problem:
    """Read a refusal; one that is no JSON, as of a proxy, says nothing."""
    try:
        return answer.read(Problem)
    except Malformed:
        return Problem()
