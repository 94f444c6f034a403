"""Calls of Reddit's API: the token, the rate that its headers tell, and the refusals that concern every community."""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import msgspec
import structlog

from ingest.sources.answer import Answer
from ingest.sources.client import Client
from ingest.sources.failures import Malformed, RateLimited, Refused
from ingest.sources.reddit.shapes import Listing, Post, Token
from ops.source_settings import RedditSettings

CALLS_PER_SECOND: Final = 100 / 60
FIRST_BACK_OFF: Final = 2.0
_REFUSED_PAUSE: Final = 900.0
_EARLY: Final = 60.0  # seconds before its end from which a token is renewed
_LONGEST_TOKEN: Final = 86_400.0
_LEAST_WAIT: Final = 1.0  # Reddit tells of a reset in 0 seconds and means within this one
_log = structlog.get_logger()


class RedditApi:
    """Raises SourceFailure; answers that concern one community alone (302, 403, 404) are the caller's to judge."""

    def __init__(self, client: Client, settings: RedditSettings) -> None:
        assert settings.client_id is not None  # noqa: S101  else the source is off
        assert settings.client_secret is not None  # noqa: S101  same
        self._client = client
        self._url = settings.url
        self._token_url = f"{settings.token_url}/api/v1/access_token"
        pair = f"{settings.client_id.get_secret_value()}:{settings.client_secret.get_secret_value()}"
        self._basic = "Basic " + b64encode(pair.encode()).decode()
        self._agent = settings.user_agent or ""
        self._token: Token | None = None
        self._now = client.now
        self._token_ends = client.now()
        self._refused_until = client.now()
        self._renewing = asyncio.Lock()

    async def get(self, path: str, params: Mapping[str, str]) -> Answer:
        """Fetch a path under a token; one that is not taken any more is renewed once."""
        token = await self._renewed(None)
        answer = await self._send(path, params, token)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            answer = await self._send(path, params, await self._renewed(token))
            if answer.status == HTTPStatus.UNAUTHORIZED:
                raise Refused("HTTP 401: not even a new token is taken", _REFUSED_PAUSE)
        return answer

    async def _send(self, path: str, params: Mapping[str, str], token: Token) -> Answer:
        headers = {"authorization": f"Bearer {token.access_token}", "user-agent": self._agent}
        answer = await self._client.get(self._url + path, {**params, "raw_json": "1"}, headers)
        self._keep_rate(answer)
        return answer

    async def _renewed(self, stale: Token | None) -> Token:
        """Return a token that is not the stale one; another poll may have got it meanwhile."""
        async with self._renewing:
            if self._token is not None and self._token is not stale and self._now() < self._token_ends:
                return self._token
            if (left := (self._refused_until - self._now()).total_seconds()) > 0:
                raise Refused("the client id or secret was not taken", left)
            headers = {"authorization": self._basic, "user-agent": self._agent}
            answer = await self._client.post(self._token_url, {"grant_type": "client_credentials"}, headers)
            self._keep_rate(answer)
            if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST}:
                self._refused_until = self._now() + timedelta(seconds=_REFUSED_PAUSE)
                raise Refused(f"HTTP {answer.status}: the client id or secret is not taken", _REFUSED_PAUSE)
            if answer.status != HTTPStatus.OK:
                raise Malformed(f"HTTP {answer.status} to the request for a token")
            self._token = answer.read(Token)
            said = min(max(self._token.expires_in, 0.0), _LONGEST_TOKEN)
            lasts = max(said - _EARLY, said / 2)
            self._token_ends = self._now() + timedelta(seconds=lasts)
            return self._token

    def _keep_rate(self, answer: Answer) -> None:
        """Hold where the rate is used up. `remaining` is a float, and any of the headers may be missing."""
        pace, reset = self._client.pace, answer.number("x-ratelimit-reset")
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            told = [wait for wait in (reset, answer.wait_after(self._client.now())) if wait is not None]
            raise RateLimited("too many requests", pace.refused(max(*told, _LEAST_WAIT) if told else None))
        pace.accepted()
        remaining = answer.number("x-ratelimit-remaining")
        if remaining is not None and remaining < 1:
            pace.hold(max(reset or 0.0, _LEAST_WAIT))


def posts(listing: Listing) -> list[Post]:
    """Decode a listing's posts; one that cannot be read is told in the log, and spoils no other."""
    found = []
    for child in listing.data.children:
        if child.kind != "t3":
            continue
        try:
            found.append(msgspec.json.decode(child.data, type=Post))
        except msgspec.DecodeError as error:
            _log.warning("post_unreadable", source="reddit", reason=str(error))
    return found
