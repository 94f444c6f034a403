"""Debian's Prometheus and its promtool, where they are installed; elsewhere tests say what they lack."""

import shutil
from pathlib import Path

import pytest


def _program(name: str) -> Path:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian: apt-get install prometheus)")
    return Path(found)


@pytest.fixture(scope="session")
def promtool() -> Path:
    """The checker of rules and configurations."""
    return _program("promtool")


@pytest.fixture(scope="session")
def prometheus() -> Path:
    """The server."""
    return _program("prometheus")
