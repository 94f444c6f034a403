"""Chromium, and a page that keeps note of everything that went wrong on it."""

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Page, async_playwright, expect

from graph.ide.build import built
from tests.browser.toy import app

_CHROMIUM = Path("/usr/bin/chromium")
_MILLISECONDS = 30_000  # a bound for a busy machine; nothing waits that long where things work
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_WATCH = "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"


@dataclass(slots=True)
class Watched:
    """A page, the problems its console, network and policy reported, and every address it asked for."""

    page: Page
    problems: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


@pytest.fixture
def chromium() -> Path:
    """Skip where Debian's Chromium is not installed."""
    if not _CHROMIUM.exists():
        pytest.skip(f"{_CHROMIUM} is absent: install Debian's chromium to run the browser tests")
    return _CHROMIUM


@pytest.fixture
async def watched(chromium: Path) -> AsyncIterator[Watched]:
    """Open a fresh browser with a fresh profile."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        page = await browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(_MILLISECONDS)
        expect.set_options(timeout=_MILLISECONDS)
        watched = Watched(page)
        await page.add_init_script(_WATCH)
        page.on("console", lambda m: watched.problems.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: watched.problems.append(str(error)))
        page.on("requestfailed", lambda request: watched.problems.append(f"{request.url}: {request.failure}"))
        page.on("request", lambda request: watched.addresses.append(request.url))
        yield watched
        await browser.close()


@pytest.fixture
def graphiql_build() -> None:
    """Skip where GraphiQL is not built."""
    if built() is None:
        pytest.skip("GraphiQL is not built: run `make graphiql` (needs Node.js 20 with npm)")


@pytest.fixture
def toy_url() -> Iterator[str]:
    """Serve the toy endpoint on a free port of this machine, in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="websockets-sansio"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=20)
    assert not thread.is_alive()
