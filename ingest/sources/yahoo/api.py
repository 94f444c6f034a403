"""Calls of Yahoo: what counts as a refusal, and the cookie and crumb that quotes need."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from ingest.sources.answer import Answer
from ingest.sources.client import Client
from ingest.sources.failures import RateLimited, Refused

CALLS_PER_SECOND: Final = 5.0
FIRST_BACK_OFF: Final = 30.0
_REFUSED_PAUSE: Final = 900.0
_TOO_MANY: Final = b"too many requests"
_LONGEST_CRUMB: Final = 64
_HEADERS: Final = {"user-agent": "Mozilla/5.0 (compatible; InsiteChart)", "accept": "application/json, text/plain, */*"}


class YahooApi:
    """Answers that ask us to wait raise RateLimited and hold all calls; other statuses are the caller's to judge."""

    def __init__(self, client: Client, url: str, cookie_url: str) -> None:
        self._client = client
        self._url = url
        self._cookie_url = cookie_url
        self._crumb: str | None = None
        self._renewing = asyncio.Lock()

    async def get(self, path: str, params: Mapping[str, str]) -> Answer:
        """Fetch a path that needs no crumb."""
        answer = await self._get(self._url + path, params)
        if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
            raise Refused(f"HTTP {answer.status}: a redirect, which is not followed", _REFUSED_PAUSE)
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} and "crumb" not in params:
            raise Refused(f"HTTP {answer.status}", _REFUSED_PAUSE)
        self._client.pace.accepted()
        return answer

    async def get_with_crumb(self, path: str, params: Mapping[str, str]) -> Answer:
        """Fetch a path that needs the crumb; one that is not taken any more is renewed once."""
        crumb = self._crumb or await self._renew(None)
        answer = await self.get(path, {**params, "crumb": crumb})
        if answer.status == HTTPStatus.UNAUTHORIZED:
            answer = await self.get(path, {**params, "crumb": await self._renew(crumb)})
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise Refused(f"HTTP {answer.status}: not even a new crumb is taken", _REFUSED_PAUSE)
        return answer

    async def _renew(self, stale: str | None) -> str:
        """Get a cookie, and the crumb that belongs to it; another poll may have done so meanwhile."""
        async with self._renewing:
            if self._crumb is not None and self._crumb != stale:
                return self._crumb
            self._crumb = None
            await self._get(self._cookie_url + "/", {})  # whatever its status: the cookie comes with it
            answer = await self._get(self._url + "/v1/test/getcrumb", {})
            crumb = answer.body.decode("ascii", "replace").strip()
            if answer.status != HTTPStatus.OK or not _is_crumb(crumb):
                raise Refused(f"HTTP {answer.status}: no crumb was given out", _REFUSED_PAUSE)
            self._crumb = crumb
            return crumb

    async def _get(self, url: str, params: Mapping[str, str]) -> Answer:
        answer = await self._client.get(url, params, _HEADERS)
        start = answer.body[:200].lower().lstrip()
        sentence = _TOO_MANY in start and not start.startswith(b"{")
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS or sentence:
            wait = answer.wait_after(self._client.now())
            raise RateLimited("too many requests", self._client.pace.refused(wait))
        return answer


def _is_crumb(text: str) -> bool:
    """Whether a body can be a crumb, and is no page, JSON or sentence instead."""
    return 0 < len(text) <= _LONGEST_CRUMB and text.isprintable() and not any(sign in text for sign in ' <{"\ufffd')
