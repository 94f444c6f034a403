"""A real Prometheus on a configuration of a test's, asked over its HTTP API."""

import asyncio
import math
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

import httpx

EXEMPLARS = "--enable-feature=exemplar-storage"
"""Without it Prometheus drops exemplars."""
START_SECONDS = 60.0
STOP_SECONDS = 30.0
EXEMPLAR_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Prometheus:
    """Asks a running one."""

    client: httpx.AsyncClient
    log: Path

    async def query(self, promql: str) -> list[Mapping[str, Any]]:
        """Return the series of an instant query now. Fails with Prometheus' words where it cannot be evaluated."""
        answer = (await self.client.post("/api/v1/query", data={"query": promql})).json()
        assert answer["status"] == "success", f"{answer['error']}\n{promql}"
        found: list[Mapping[str, Any]] = answer["data"]["result"]
        return found

    async def has_data(self, promql: str) -> bool:
        """Tell whether a query has a value that is a number."""
        return any(not math.isnan(float(series["value"][1])) for series in await self.query(promql))

    async def exemplars(self, promql: str) -> list[Mapping[str, Any]]:
        """Return the series of a query that have exemplars of the last minutes, each with these."""
        now = time()
        asked = {"query": promql, "start": now - EXEMPLAR_SECONDS, "end": now}
        answer = (await self.client.post("/api/v1/query_exemplars", data=asked)).json()
        found: list[Mapping[str, Any]] = answer["data"]
        return found

    async def firing(self) -> list[Mapping[str, Any]]:
        """Return the alerts that fire now."""
        alerts = (await self.client.get("/api/v1/alerts")).json()["data"]["alerts"]
        return [alert for alert in alerts if alert["state"] == "firing"]

    async def rules(self) -> list[Mapping[str, Any]]:
        """Return every rule that it has loaded, with its health and its last error."""
        groups = (await self.client.get("/api/v1/rules")).json()["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]


@asynccontextmanager
async def prometheus_process(program: Path, folder: Path, texts: Mapping[str, str]) -> AsyncIterator[Prometheus]:
    """Run it on files of a folder, `prometheus.yml` among them, until the block ends."""
    for name, text in texts.items():
        (folder / name).write_text(text)
    log, port = folder / "prometheus.log", free_port()
    command = [
        str(program),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        EXEMPLARS,
        "--log.level=warn",
    ]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client, ended(log, command) as it:
        async with asyncio.timeout(START_SECONDS):
            while not await _ready(client):
                assert it.returncode is None, log.read_text()
                await asyncio.sleep(0.1)
        yield Prometheus(client, log)


@asynccontextmanager
async def ended(
    log: Path, command: Sequence[str], environment: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command that writes to a log, and end it with the block."""
    with log.open("w") as file:
        process = await asyncio.create_subprocess_exec(*command, stdout=file, stderr=file, env=environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()


def free_port(following: int = 0) -> int:
    """Return a port on which nobody listens, nor on so many that follow it."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as found:
            port: int = found.getsockname()[1]
        try:
            for more in range(1, following + 1):
                socket.create_server(("127.0.0.1", port + more)).close()
        except OSError:
            continue
        return port


async def _ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/-/ready")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
