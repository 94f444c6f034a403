"""Signals to a real process: one ends it in order, two at once; a start that cannot succeed says why."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError
from websockets.typing import Subprotocol

from ops.serve import CannotServe, run
from ops.serve.run import listen
from ops.settings import Settings
from tests.asgi_exchange import PATIENCE

SLOW = b'{"query": "{ slow }"}'
ENDLESS = b'{"query": "subscription { endless }"}'


@asynccontextmanager
async def program(*arguments: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a Python module; kill it if it still runs at the end."""
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | environment,
        cwd=Path(__file__).parents[2],
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


@asynccontextmanager
async def process(**environment: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """Run the sample as `insitechart serve` would; yield it and its port."""
    async with program("tests.graph.http.sample_process", **environment) as started:
        assert started.stdout is not None
        async with asyncio.timeout(PATIENCE):
            port = int(await started.stdout.readline())
        yield started, port


async def ask(port: int, body: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send a request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = b"POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    writer.write(head % len(body) + body)
    return reader, writer


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_process_in_order(number: signal.Signals) -> None:
    """With a stream, a socket, a query and an idle connection open: goodbyes are said, and the exit code is 0."""
    async with process(INSITECHART_DEADLINE_DRAIN="1.5") as (started, port):
        idle = await asyncio.open_connection("127.0.0.1", port)
        stream, query = await ask(port, ENDLESS), await ask(port, SLOW)
        await stream[0].readuntil(b'{"endless":0}')
        url = f"ws://127.0.0.1:{port}/graphql"
        async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket_:
            await socket_.send('{"type": "connection_init"}')
            await socket_.recv()
            started.send_signal(number)
            with pytest.raises(ConnectionClosedError) as closed:
                await asyncio.wait_for(socket_.recv(), PATIENCE)
        assert started.stdout is not None
        async with asyncio.timeout(PATIENCE):
            last = await stream[0].read()
            output = await started.stdout.read()
            assert await started.wait() == 0
        for _, writer in (stream, idle, query):
            writer.close()
    assert b"retry: " in last
    assert b"complete" not in last
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1012, "reconnect")
    assert output == b"ended\n"


async def test_plain_uvicorn_ends_open_streams_too() -> None:
    """`uvicorn --factory` waits for connections before it tells the application; the application has heard already."""
    port = free_port()
    factory = "tests.graph.http.factory:make_app"
    async with program("uvicorn", "--factory", factory, "--port", str(port)) as started:
        await listening(port)
        stream = await ask(port, ENDLESS)
        await stream[0].readuntil(b'{"endless":0}')
        started.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            last = await stream[0].read()
            await started.wait()
        stream[1].close()
    assert b"retry: " in last
    assert b"complete" not in last


async def test_a_second_signal_ends_at_once() -> None:
    """A long drain is not waited for when the operator insists."""
    async with process(INSITECHART_DEADLINE_DRAIN="600") as (started, port):
        _, writer = await ask(port, SLOW)
        answered = await ask(port, b'{"query": "{ hello }"}')
        assert b" 200 " in await answered[0].readline()
        answered[1].close()
        started.send_signal(signal.SIGTERM)
        await refusing(port)
        assert started.returncode is None
        started.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            await started.wait()
        writer.close()


def free_port() -> int:
    """Return a port that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        port: int = chosen.getsockname()[1]
    return port


async def listening(port: int) -> None:
    """Wait until somebody listens on the port."""
    await _until_port(port, taken=True)


async def refusing(port: int) -> None:
    """Wait until nobody listens on the port any more."""
    await _until_port(port, taken=False)


async def _until_port(port: int, *, taken: bool) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                if not taken:
                    return
            else:
                writer.close()
                if taken:
                    return
            await asyncio.sleep(0.01)


def test_a_taken_port_is_told_in_plain_words() -> None:
    """The message names the address and what to do; the exit code is one that scripts know."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotServe, match=f"Cannot listen on 127.0.0.1:{port}: Address already in use") as told:
            listen("127.0.0.1", port)
    assert told.value.exit_code == 69


def test_a_missing_database_is_told_in_plain_words(tmp_path: Path) -> None:
    """The server does not start, says which PostgreSQL it looked for, and lets its port go."""
    port = free_port()
    url = f"postgresql://user:hidden@/stocks?host={tmp_path}"
    with pytest.raises(CannotServe, match=r"^PostgreSQL at .* cannot be used: ") as told:
        run(Settings.model_validate({"database_url": url, "port": port}))
    assert "hidden" not in told.value.message
    listen("127.0.0.1", port).close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_it_listens_on_both_families(host: str) -> None:
    """Names and IPv6 addresses as well."""
    with listen(host, 0) as listener:
        assert listener.getsockname()[1] > 0
