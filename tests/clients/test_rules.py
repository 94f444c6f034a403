"""The make rules on machines without Node.js, without a registry, and with both; npm itself is a stand-in."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("make", "sh", "mkdir", "touch", "rm", "cat")


class Machine:
    """A copy of the rules in a folder of its own, with only the programs that it is given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "bin"
        self.calls = folder / "calls"
        self.page = folder / "graph/static/graphiql/manifest.json"
        source = folder / "clients/graphiql"
        source.mkdir(parents=True)
        self.page.parent.mkdir(parents=True)
        self.programs.mkdir()
        shutil.copy(ROOT / "clients/rules.mk", folder / "clients/rules.mk")
        (folder / "Makefile").write_text("include clients/rules.mk\n")
        (folder / "graph/static/first_look.graphql").touch()
        (source / "build.js").touch()
        for name in PROGRAMS:
            found = shutil.which(name)
            assert found, name
            (self.programs / name).symlink_to(found)

    def install(self, *, node: str, npm: str) -> None:
        """Put stand-ins on the path; each is a line of shell."""
        for name, line in (("node", node), ("npm", f"echo npm >>{self.calls}; {npm}")):
            (self.programs / name).write_text(f"#!/bin/sh\n{line}\n")
            (self.programs / name).chmod(0o755)

    def make(self, target: str) -> subprocess.CompletedProcess[str]:
        """Run one target with nothing but this machine's programs."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        return subprocess.run(
            ["make", target],
            cwd=self.folder,
            env=environment | {"PATH": str(self.programs)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    @property
    def attempts(self) -> int:
        """How often npm was called."""
        return len(self.calls.read_text().split()) if self.calls.exists() else 0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Make a machine without Node.js."""
    if shutil.which("make") is None:
        pytest.skip("make is absent")
    return Machine(tmp_path)


BUILDS = 'case "$1" in -e) exit 0;; build.js) touch ../../graph/static/graphiql/manifest.json;; esac'


def test_without_node_serving_goes_on_and_says_so(machine: Machine) -> None:
    """The optional build and the checks step aside with a reason; the build asked for by name fails."""
    optional = machine.make("graphiql-optional")
    assert (optional.returncode, "Node.js 20" in optional.stdout) == (0, True)
    checks = machine.make("clients-check")
    assert (checks.returncode, "skipped, Node.js 20" in checks.stdout) == (0, True)
    strict = machine.make("graphiql")
    assert strict.returncode != 0
    assert "Node.js 20" in strict.stderr


def test_an_old_node_counts_as_none(machine: Machine) -> None:
    """The version is looked at before anything is downloaded."""
    machine.install(node="exit 1", npm="exit 0")
    assert "Node.js 20" in machine.make("graphiql-optional").stdout
    assert machine.attempts == 0


def test_a_failed_build_is_not_tried_at_every_start(machine: Machine) -> None:
    """Without a registry the first start says why, later ones are quick, and `make graphiql` tries again."""
    machine.install(node=BUILDS, npm="echo no registry >&2; exit 1")
    first = machine.make("graphiql-optional")
    assert first.returncode == 0
    assert "no registry" in first.stderr
    assert "the build failed" in first.stdout
    second = machine.make("graphiql-optional")
    assert (second.returncode, machine.attempts) == (0, 1)
    assert "'make graphiql' tries again" in second.stdout
    machine.install(node=BUILDS, npm="exit 0")
    assert machine.make("graphiql").returncode == 0
    assert machine.page.exists()
    assert machine.make("graphiql-optional").stdout == ""


def test_a_build_is_made_once(machine: Machine) -> None:
    """A second start finds the page built and neither installs nor builds."""
    machine.install(node=BUILDS, npm="exit 0")
    assert machine.make("graphiql-optional").returncode == 0
    assert machine.page.exists()
    assert machine.make("graphiql-optional").returncode == 0
    assert machine.attempts == 1
