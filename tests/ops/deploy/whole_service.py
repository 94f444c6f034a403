"""The whole service as processes of its own, in use: a server, a worker, a collector that reads a feed, clients."""

import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from ops.deploy.queries import API, COLLECT, WORK
from tests.abuse.api_process import api_process
from tests.flows.market import fill
from tests.ingest.sources.web import Handler, Reply, Request, served
from tests.ops.deploy.clients import asked, followed
from tests.ops.deploy.prometheus_process import ended, free_port
from tests.ops.tracing.tap import tapping

_ABOUT = "BRK.B"


@asynccontextmanager
async def whole_service(folder: Path, database_url: str, redis_url: str) -> AsyncIterator[Mapping[str, Sequence[str]]]:
    """Fill a market, start every kind of process, use them until the block ends; yield the targets by job."""
    await fill(database_url)
    async with AsyncExitStack() as opened:
        web = await opened.enter_async_context(served())
        web.routes["/feed"] = _feed(count(1))
        collector = await opened.enter_async_context(tapping())
        few = {"database_pool": "2"}  # so that operations wait for a connection
        traced = {"tracing_endpoint": collector.url, "tracing_share": "1"}
        url = await opened.enter_async_context(
            api_process(folder / "api.log", database_url, redis_url, **few, **traced)
        )
        compared = {"executor": "shadow", "shadow_share": "1"}
        other = await opened.enter_async_context(
            api_process(folder / "other.log", database_url, redis_url, **few, **compared)
        )
        work, collect = free_port(following=1), free_port()
        for name, port, settings in (
            ("work", work, {}),
            ("collect", collect, {"NEWS_FEEDS": f'["{web.url}/feed"]', "NEWS_POLL_SECONDS": "1"}),
        ):
            environment = _environment(database_url, redis_url, METRICS_PORT=str(port), **settings)
            command = (sys.executable, "-m", "ops.cli", name)
            await opened.enter_async_context(ended(folder / f"{name}.log", command, environment))
        await opened.enter_async_context(asked(url, clients=8))
        await opened.enter_async_context(asked(other, clients=1))
        await opened.enter_async_context(followed(url, _ABOUT))
        yield {
            API: [urlsplit(url).netloc, urlsplit(other).netloc],
            WORK: [f"127.0.0.1:{work}", f"127.0.0.1:{work + 1}"],
            COLLECT: [f"127.0.0.1:{collect}"],
        }


def _environment(database_url: str, redis_url: str, **settings: str) -> Mapping[str, str]:
    named = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, **settings}
    return {"PATH": os.environ["PATH"], **{f"INSITECHART_{name}": value for name, value in named.items()}}


def _feed(numbers: Iterator[int]) -> Handler:
    """Return what answers with a feed that has a new article each time."""

    def feed(_: Request) -> Reply:
        title = f"<title>${_ABOUT} looks great again</title><pubDate>{format_datetime(datetime.now(UTC))}</pubDate>"
        item = f"<item><guid>a{next(numbers)}</guid>{title}</item>"
        text = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Wire</title>{item}</channel></rss>"
        return Reply(200, text.encode(), {"content-type": "application/rss+xml"})

    return feed
