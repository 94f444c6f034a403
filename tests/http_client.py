"""The HTTP client of the tests, behind one name: it calls an ASGI application in this process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.types import ASGIApp

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
Response = httpx.Response


class Client:
    """Calls one application; every response is read whole."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def post(self, body: Any, **headers: str) -> Response:
        """Send a value as JSON to the endpoint; underscores in header names stand for dashes."""
        return await self._client.post("/graphql", json=body, headers=_dashed(headers))

    async def query(self, document: str, **headers: str) -> Response:
        """Send one document by POST."""
        return await self.post({"query": document}, **headers)

    async def send(self, method: str, path: str = "/graphql", **options: Any) -> Response:
        """Send anything; `headers`, `params` and `content` are httpx's."""
        return await self._client.request(method, path, **options)


@asynccontextmanager
async def client_of(app: ASGIApp) -> AsyncIterator[Client]:
    """Yield a client of an application in this process."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Client(client)


def codes(response: Response) -> list[str]:
    """Return the error codes of a response, in order."""
    return [error["extensions"]["code"] for error in response.json()["errors"]]


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
