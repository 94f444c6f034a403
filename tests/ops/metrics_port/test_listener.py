"""The listener of processes that serve no API: what it answers, whom it refuses, and that nothing holds it up."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from prometheus_client.core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from ops.metrics import Metrics, make_metrics
from ops.metrics_port import listener, measured
from ops.metrics_port.answers import is_loopback
from ops.settings import Settings

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
PATIENCE = 20.0


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def served(metrics: Metrics, **settings: Any) -> AsyncIterator[str]:
    """Answer scrapes while the block runs; yield the URL."""
    port = free_port()
    async with measured(Settings(metrics_port=port, **settings), metrics):
        await eventually(lambda: connects(port))
        yield f"http://127.0.0.1:{port}/metrics"


async def connects(port: int) -> bool:
    """Whether somebody listens."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that must come."""
    async with asyncio.timeout(PATIENCE):
        while not await condition():  # noqa: ASYNC110 - what is waited for happens elsewhere
            await asyncio.sleep(0.02)


async def get(url: str, method: str = "GET", **headers: str) -> httpx.Response:
    """Ask once, on a connection of its own."""
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        return await client.request(method, url, headers=headers)


async def test_both_forms_are_answered() -> None:
    """Text and OpenMetrics hold the same counts, and their parsers read them."""
    metrics = make_metrics()
    metrics.data_processed.labels("post", "reddit").inc(3)
    async with served(metrics) as url:
        text, open_metrics = await get(url), await get(url, accept=OPENMETRICS)
        assert 'data_processed_total{data_type="post",source="reddit"} 3.0' in text.text
        read: list[Metric] = list(parse_openmetrics(open_metrics.text))  # type: ignore[no-untyped-call]
        assert {each.name for each in parse_text(text.text)} == {each.name for each in read}
        head = await get(url, "HEAD")
        assert (head.status_code, head.content) == (200, b"")
        assert (await get(url.replace("/metrics", "/livez"))).text == "alive\n"


async def test_what_is_wrong_is_told() -> None:
    """Other paths and methods have answers of their own."""
    async with served(make_metrics()) as url:
        assert (await get(url.replace("metrics", "graphql"))).status_code == 404
        refused = await get(url, "POST")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


async def test_an_open_address_asks_for_the_token_in_production() -> None:
    """In development it does not, and neither does an address that only this machine reaches."""
    secret = {"environment": "production", "operator_token": "open sesame"}
    async with served(make_metrics(), metrics_host="0.0.0.0", **secret) as url:  # noqa: S104 - what is tested
        assert (await get(url)).status_code == 401
        assert (await get(url, authorization="Bearer wrong")).status_code == 401
        assert (await get(url, authorization="Bearer open sesame")).status_code == 200
    async with served(make_metrics(), **secret) as url:
        assert (await get(url)).status_code == 200
    async with served(make_metrics(), metrics_host="0.0.0.0") as url:  # noqa: S104 - what is tested
        assert (await get(url)).status_code == 200


@pytest.mark.parametrize(
    ("host", "only_here"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("::", False)],  # noqa: S104 - what is tested
)
def test_loopback_is_known_by_name_and_address(host: str, only_here: bool) -> None:  # noqa: FBT001 - a parameter set
    """An address that stands for all of them is none."""
    assert is_loopback(host) is only_here


@pytest.mark.parametrize("sent", [b"\x16\x03\x01nonsense\r\n\r\n", b"GET /metrics HTTP/1.1\r\nx: " + b"y" * 40_000])
async def test_what_is_no_request_is_cut_off(sent: bytes) -> None:
    """Whoever speaks another protocol, or for too long, has no answer, and others have theirs."""
    async with served(make_metrics()) as url:
        assert await said_to(url, sent) == b""
        assert (await get(url)).status_code == 200


async def test_silent_connections_are_few_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that say nothing are cut off in time, and more of them than the bound are not waited for at all."""
    monkeypatch.setattr("ops.metrics_port.request.SECONDS", 1.0)
    async with served(make_metrics()) as url:
        silent = [asyncio.create_task(said_to(url, b"")) for _ in range(2 * listener.MOST_CONNECTIONS)]
        async with asyncio.timeout(PATIENCE):
            assert set(await asyncio.gather(*silent)) == {b""}
        assert (await get(url)).status_code == 200


async def test_silent_connections_keep_no_scrape_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all places are taken by such as say nothing, whoever asks has one of theirs, and not only after a while."""
    monkeypatch.setattr("ops.metrics_port.request.SECONDS", 2 * PATIENCE)
    async with served(make_metrics()) as url, asyncio.TaskGroup() as group:
        silent = [group.create_task(said_to(url, b"")) for _ in range(listener.MOST_CONNECTIONS)]
        await asyncio.sleep(0.1)
        for _ in range(3):
            assert (await get(url)).status_code == 200
        assert sum(one.done() for one in silent) <= 3
        for one in silent:
            one.cancel()


async def test_a_refresher_that_hangs_does_not_hang_the_scrape() -> None:
    """What another server would have told is left out; the rest is answered."""
    metrics = make_metrics()
    hung = asyncio.Event()

    async def hang() -> None:
        hung.set()
        await asyncio.Event().wait()

    metrics.refreshers.append(hang)
    async with served(metrics) as url:
        assert "event_loop_tasks" in (await get(url)).text
    assert hung.is_set()


async def test_a_port_that_is_taken_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work goes on without, and the listener is there as soon as the port is free."""
    monkeypatch.setattr(listener, "RETRY_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        serving = measured(Settings(metrics_port=port), make_metrics())
        await serving.__aenter__()
        await asyncio.sleep(0.2)
    try:
        await eventually(lambda: connects(port))
        assert (await get(f"http://127.0.0.1:{port}/metrics")).status_code == 200
    finally:
        await serving.__aexit__(None, None, None)
    assert not await connects(port)


@pytest.mark.parametrize("port", [None, 0])
async def test_without_a_port_there_is_no_listener(port: int | None) -> None:
    """Which is the default."""
    before = asyncio.all_tasks()
    async with measured(Settings(metrics_port=port), make_metrics()):
        assert asyncio.all_tasks() == before


async def said_to(url: str, sent: bytes) -> bytes:
    """Send something, and return what comes back until the end; a connection that is reset has said nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(httpx.URL(url).port or 0))
    try:
        writer.write(sent)
        async with asyncio.timeout(PATIENCE):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()
