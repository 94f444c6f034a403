"""graphql-core's own execution tests: its source distribution is fetched by hash, unpacked, and run under plans."""

import json
import os
import re
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.servers import PLACE

ROOT = Path(__file__).parents[4]
FOLDER = PLACE / "graphql-core"
_SECONDS = 280.0


class UpstreamAbsent(Exception):
    """The source distribution cannot be had here; the message says why."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Test ids by what became of them. `compiled` passed by a plan, `fallback` without one, `idle` ran no operation."""

    compiled: frozenset[str]
    fallback: frozenset[str]
    idle: frozenset[str]
    failed: dict[str, str]
    skipped: frozenset[str]
    reasons: dict[str, int]


def run_upstream() -> Verdicts:
    """Run the tests. Raises UpstreamAbsent."""
    place = sources()
    report = FOLDER / f"report-{os.getpid()}.json"
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parent),
        "INSITECHART_TEST_UPSTREAM": str(report),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    tests = sorted(str(path) for path in (place / "tests/execution").glob("test_*.py"))
    arguments = ["-q", "-p", "upstream_plugin", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts=", *tests]
    command = [sys.executable, "-m", "pytest", *arguments]
    done = subprocess.run(
        command, cwd=place, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    try:
        outcomes: dict[str, dict[str, Any]] = json.loads(report.read_text())
    except FileNotFoundError:
        raise RuntimeError(f"graphql-core's tests did not run: {done.stdout[-2_000:]}{done.stderr[-2_000:]}") from None
    finally:
        report.unlink(missing_ok=True)
    return _verdicts(outcomes)


def sources() -> Path:
    """Return the folder of the unpacked source distribution of the installed version, fetched at first use."""
    name = f"graphql_core-{version('graphql-core')}"
    target = FOLDER / name
    if not (target / "tests/execution").is_dir():
        FOLDER.mkdir(parents=True, exist_ok=True)
        archive = FOLDER / f"{name}.tar.gz"
        if not archive.exists():
            _fetch(archive)
        digest = sha256(archive.read_bytes()).hexdigest()
        if digest not in pinned_hashes():
            archive.unlink()
            raise UpstreamAbsent(f"{name}.tar.gz has the hash {digest}, which the lock file does not list")
        with tarfile.open(archive) as packed:
            packed.extractall(FOLDER, filter="data")
    return target


def pinned_hashes() -> frozenset[str]:
    """Return the hashes under which the lock file takes graphql-core."""
    lock = (ROOT / "requirements/development.lock").read_text()
    found = re.search(
        rf"^graphql-core=={re.escape(version('graphql-core'))} \\\n((?:    --hash=.*\n)+)", lock, re.MULTILINE
    )
    return frozenset(re.findall(r"sha256:([0-9a-f]{64})", found.group(1))) if found else frozenset()


def _fetch(archive: Path) -> None:
    wanted = f"graphql-core=={version('graphql-core')}"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "graphql-core", wanted]
    try:
        done = subprocess.run(
            [*command, "-d", str(FOLDER)], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UpstreamAbsent(f"pip could not fetch {wanted}: {error}") from error
    if done.returncode or not archive.exists():
        raise UpstreamAbsent(f"pip could not fetch {wanted}: {done.stderr.strip()[-500:]}")


def _verdicts(outcomes: dict[str, dict[str, Any]]) -> Verdicts:
    passed = {name: noted for name, noted in outcomes.items() if noted.get("outcome") == "passed"}
    reasons: dict[str, int] = {}
    for noted in passed.values():
        for reason in noted["reasons"]:
            reasons[reason] = reasons.get(reason, 0) + 1
    return Verdicts(
        compiled=frozenset(name for name, noted in passed.items() if noted["plans"]),
        fallback=frozenset(name for name, noted in passed.items() if noted["reasons"] and not noted["plans"]),
        idle=frozenset(name for name, noted in passed.items() if not noted["reasons"] and not noted["plans"]),
        failed={name: noted["why"] for name, noted in outcomes.items() if noted.get("outcome") == "failed"},
        skipped=frozenset(name for name, noted in outcomes.items() if noted.get("outcome") == "skipped"),
        reasons=reasons,
    )
