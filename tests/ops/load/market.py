"""The API over the market behind a real socket, with a database whose answers come as late as a test wants."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from graph.app import create_app
from ops.settings import Settings
from tests.live_server import Live, live
from tests.slow_relay import SlowRelay, slowed

_SOCKET = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class Slowable:
    """A served market; `relay.delay` is by how many seconds each answer of the database is late."""

    server: Live
    relay: SlowRelay


@asynccontextmanager
async def slowable_market(database_url: str, folder: Path, **settings: Any) -> AsyncIterator[Slowable]:
    """Serve over the database of a URL that names a socket's folder; nothing is cached unless the settings say so."""
    parts = urlsplit(database_url)
    (place,) = parse_qs(parts.query)["host"]
    async with slowed(Path(place) / _SOCKET, folder / _SOCKET, 0.0) as relay:
        late = parts._replace(query=f"host={quote(str(folder), safe='')}").geturl()
        without_caches = {"cache": {"rows": False, "responses": False}}
        given = Settings.model_validate({"database_url": late, **without_caches, **settings})
        app = create_app(given)
        async with live(app, app.drain, given, find_ready=app.ready) as server:
            yield Slowable(server, relay)
