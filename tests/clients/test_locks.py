"""What npm installs is fixed: exact versions, each with its hash, from whichever registry the machine is set up for."""

import json
import re
from pathlib import Path

import pytest

CLIENTS = Path(__file__).resolve().parents[2] / "clients"
PROJECTS = [CLIENTS / "graphiql", CLIENTS / "checks"]


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.name)
def test_versions_are_exact(project: Path) -> None:
    """A range would let two machines build two pages."""
    manifest = json.loads((project / "package.json").read_text())
    wanted = {**manifest.get("dependencies", {}), **manifest.get("devDependencies", {})}
    assert wanted
    assert {name: version for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)} == {}


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.name)
def test_the_lock_has_hashes_and_no_hosts(project: Path) -> None:
    """Every package is held by its hash, so where it comes from need not be written down."""
    packages = json.loads((project / "package-lock.json").read_text())["packages"]
    installed = {path: package for path, package in packages.items() if path}
    assert installed
    assert [path for path, package in installed.items() if "resolved" in package] == []
    assert [path for path, package in installed.items() if not package["integrity"].startswith("sha512-")] == []
