"""An API in a process of its own, on a database and a Redis that are there already."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.ops.embedded.users import ROOT

START_SECONDS = 60.0
STOP_SECONDS = 60.0


@asynccontextmanager
async def api_process(log: Path, database_url: str, redis_url: str, **settings: str) -> AsyncIterator[str]:
    """Serve until the block ends; yield the base URL. Settings are variables without their prefix, in lower case."""
    environment = {
        "PATH": os.environ["PATH"],
        "INSITECHART_DATABASE_URL": database_url,
        "INSITECHART_REDIS_URL": redis_url,
        **{f"INSITECHART_{name.upper()}": value for name, value in settings.items()},
    }
    command = (sys.executable, "-m", "ops.cli", "serve", "--port", "0")
    with log.open("w") as file:
        process = await asyncio.create_subprocess_exec(*command, stdout=file, stderr=file, cwd=ROOT, env=environment)
    try:
        async with asyncio.timeout(START_SECONDS):
            while (url := _url(log)) is None:
                assert process.returncode is None, _text(log)
                await asyncio.sleep(0.05)
        yield url
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()


def _url(log: Path) -> str | None:
    text = _text(log)
    found = re.search(r"InsiteChart +(http\S+)", text)
    return found[1] if found and "Stop " in text else None


def _text(log: Path) -> str:
    return log.read_text()
