"""Where the worker beside a server answers scrapes."""

import socket
from typing import Final

from ops.settings import Settings

USUAL: Final = 9_464
"""The port on which OpenTelemetry's exporters for Prometheus listen by default."""
_CHILDREN: Final = 2


def worker_ports(settings: Settings) -> int | None:
    """Return the first port of the worker's children, None for none: as the settings say.

    Where they say nothing, and all servers are embedded, it is the usual one if nobody listens there.
    """
    if settings.metrics_port is not None:
        return settings.metrics_port or None
    embedded = settings.database_url is None
    if embedded and all(_free(settings.metrics_host, USUAL + child) for child in range(_CHILDREN)):
        return USUAL
    return None


def _free(host: str, port: int) -> bool:
    try:
        socket.create_server((host, port)).close()
    except OSError:
        return False
    return True
