"""Listen, serve until a stop signal, drain, and come back to the caller, who may have servers of its own to stop."""

import gc
import os
import socket
from collections.abc import Callable
from math import ceil

import click
import structlog
import uvicorn
from starlette.types import ASGIApp

from graph.app import create_app
from graph.drain import Drain
from graph.http.connection import FindReady
from ops.metrics import Metrics
from ops.serve.protocol import bounded_protocol
from ops.serve.server import STREAM_SECONDS, DrainingServer
from ops.serve.sockets import counted_sockets
from ops.settings import Settings

log = structlog.get_logger()
_BACKLOG = 2_048
_KEEP_ALIVE_SECONDS = 30
_COLLECTIONS = (20_000, 20, 20)
"""Objects more than were freed, collections of them, and of those, after which the next generation is collected."""


class CannotServe(click.ClickException):
    """The port is taken, or a server that the API needs is away; the message says which and what to do."""

    exit_code = 69  # EX_UNAVAILABLE of sysexits.h


def run(settings: Settings, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; a second signal ends at once. `on_ready` gets the base URL.

    Raises CannotServe.
    """
    listener = listen(settings.host, settings.port)
    application = create_app(settings)
    url = _url(listener, settings.host)

    def ready() -> None:
        _keep_for_good()
        log.info("listening", url=url)
        if on_ready is not None:
            on_ready(url)

    with listener:
        try:
            server = make_server(
                application, application.drain, settings, ready, application.ready, application.metrics
            )
            server.run([listener])
        except SystemExit:
            raise CannotServe(application.failure or "The server could not start") from None
    log.info("stopped")


def make_server(
    application: ASGIApp,
    drain: Drain,
    settings: Settings,
    on_ready: Callable[[], None],
    find_ready: FindReady | None = None,
    metrics: Metrics | None = None,
) -> DrainingServer:
    """Return a server for an ASGI application, with every bound that the settings name.

    `find_ready` is asked for the answer to each request that came whole, before the application is called. `metrics`
    count connections, and what is refused before there is a request.
    """
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http=bounded_protocol(settings, find_ready, metrics),
        ws=counted_sockets(metrics),
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing here asks for the client's address or scheme
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=max(1, ceil(settings.deadlines.drain - STREAM_SECONDS)),
        ws_max_size=settings.limits.body_bytes,
        ws_ping_interval=settings.deadlines.socket_ping,
        ws_ping_timeout=settings.deadlines.socket_ping,
        ws_per_message_deflate=False,  # its windows cost each socket more memory than all else together
    )
    return DrainingServer(config, drain, on_ready)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises CannotServe with the reason in plain words."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
        raise CannotServe(
            f"Cannot listen on {host}:{port}: {reason}. Stop what uses it, or choose others with --port and --host"
        ) from error


def _keep_for_good() -> None:
    """Take what start-up made out of the collector's sight: walking it stops every request, here for 50 ms a time.

    Requests leave no cycles behind (tests/graph/http/test_garbage), so that collections find next to nothing; at
    Python's own thresholds they take 6 to 8 % of the processor's time all the same (seen in samples of a watchlist).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTIONS)


def _url(listener: socket.socket, host: str) -> str:
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
