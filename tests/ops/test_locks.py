"""The lists of packages: hashed, in step with pyproject.toml and each other, and naming no host."""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
LISTS = {
    "runtime": ("embedded", "demo", "build"),
    "development": ("embedded", "demo", "build", "dev"),
    "container": ("demo", "build"),
}


def _pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    return {_plain(found[1]): found[2] for found in re.finditer(r"^([A-Za-z0-9._-]+)==(\S+)", text, re.MULTILINE)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_satisfies_what_the_project_asks_for(name: str) -> None:
    """Each requirement has a pin within its bounds: an edited pyproject.toml needs `make lock`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"]]
    for extra in LISTS[name]:
        wanted += project["optional-dependencies"][extra]
    pins = _pins(name)
    for requirement in map(Requirement, wanted):
        pinned = pins.get(_plain(requirement.name))
        assert pinned is not None, f"{requirement} has no pin: make lock"
        assert requirement.specifier.contains(pinned, prereleases=True), f"{requirement}: pinned {pinned}; make lock"


@pytest.mark.parametrize("name", LISTS)
def test_every_pin_has_hashes_and_no_list_names_a_host(name: str) -> None:
    """Packages come by hash from whatever index the machine is set up for."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    assert "://" not in text
    for pin in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in pin, pin.splitlines()[0]


@pytest.mark.parametrize("name", ["development", "container"])
def test_lists_agree(name: str) -> None:
    """What is tested is what is served, in containers too."""
    served = _pins("runtime")
    other = _pins(name)
    assert {package: other[package] for package in other.keys() & served.keys()} == {
        package: served[package] for package in other.keys() & served.keys()
    }


def test_everything_runs_on_the_oldest_python() -> None:
    """Lists are made on a newer patch release than some machines have; every package must take the first 3.11."""
    found = {_plain(each.name): each.metadata["Requires-Python"] for each in distributions()}
    pinned = {name: found.get(name) for name in _pins("development")}
    refusing = {name: bound for name, bound in pinned.items() if bound and not SpecifierSet(bound).contains("3.11.0")}
    assert not refusing
