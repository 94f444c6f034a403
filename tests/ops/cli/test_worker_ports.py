"""Where the worker beside a server answers scrapes: as the settings say, or where nobody else does."""

import socket
from typing import Any

import pytest

from ops.cli import worker_ports
from ops.settings import Settings


@pytest.fixture
def usual(monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    """The second of the usual ports, taken; the first is free."""
    while True:
        first = socket.create_server(("127.0.0.1", 0))
        port = first.getsockname()[1]
        try:
            second = socket.create_server(("127.0.0.1", port + 1))
        except (OSError, OverflowError):
            continue
        finally:
            first.close()
        monkeypatch.setattr(worker_ports, "USUAL", port)
        return second


@pytest.mark.parametrize(
    ("settings", "port"),
    [
        ({"metrics_port": 9_000}, 9_000),
        ({"metrics_port": 0}, None),
        ({"database_url": "postgresql://elsewhere/stocks"}, None),
        ({"database_url": "postgresql://elsewhere/stocks", "metrics_port": 9_000}, 9_000),
        ({}, None),
    ],
)
def test_the_settings_decide(usual: socket.socket, settings: dict[str, Any], port: int | None) -> None:
    """What they say holds; named servers have none by default, and neither has a machine where one port is taken."""
    with usual:
        assert worker_ports.worker_ports(Settings.model_validate(settings)) == port


def test_embedded_servers_have_the_usual_ones(usual: socket.socket) -> None:
    """Once they are free."""
    port = usual.getsockname()[1] - 1
    usual.close()
    assert worker_ports.worker_ports(Settings()) == port
