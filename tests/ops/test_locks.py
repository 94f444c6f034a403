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


@pytest.mark.parametrize("python", ["3.11.0", "3.12.0", "3.13.0", "3.14.0"])
def test_the_lists_serve_every_python(python: str) -> None:
    """Lists are made on one Python: on each other one, every package must run, and need no package that is missing."""
    pins = _pins("development")
    runs_on = {"python_version": python.rpartition(".")[0], "python_full_version": python, "extra": ""}
    for each in distributions():
        if _plain(each.name) in pins:
            assert SpecifierSet(each.metadata["Requires-Python"] or "").contains(python), each.name
            for needed in map(Requirement, each.requires or ()):
                if needed.marker is None or needed.marker.evaluate(runs_on):
                    assert _plain(needed.name) in pins, f"{each.name} needs {needed}"
