"""Files of log lines for tests: what is not told of stands as in most lines."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ops.log_analysis import Analysis, Window, analyze

NOW = datetime(2025, 11, 23, 14, 0, tzinfo=UTC)


def line(ago: float = 60, **values: object) -> bytes:
    """Return a line that was written some seconds before `NOW`."""
    when = (NOW - timedelta(seconds=ago)).isoformat().replace("+00:00", "Z")
    whole = {
        "event": "operation",
        "level": "info",
        "logger": "ops.operation_line",
        "timestamp": when,
        **values,
    }
    return json.dumps(whole).encode() + b"\n"


def operation(ago: float = 60, **values: object) -> bytes:
    """Return the line of an operation."""
    usual = {"id": "r-1", "name": "Page", "kind": "query", "milliseconds": 1.0, "status": 200}
    return line(ago, **(usual | values))


def analyzed(folder: Path, *lines: bytes, since: timedelta | None = None, top: int = 20) -> Analysis:
    """Analyze some lines as a file."""
    path = folder / "api.log"
    path.write_bytes(b"".join(lines))
    return analyze([str(path)], Window(NOW, NOW - since if since is not None else None), top)


def files(folder: Path, contents: Iterable[bytes]) -> list[str]:
    """Write several files, and return their names."""
    paths = []
    for number, content in enumerate(contents):
        paths.append(folder / f"api.{number}.log")
        paths[-1].write_bytes(content)
    return [str(path) for path in paths]
