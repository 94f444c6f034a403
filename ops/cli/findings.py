"""What `doctor` looks at, one finding each."""

import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec
from pathlib import Path

from ops.embedded.errors import ServerUnavailable
from ops.embedded.identity import place_for
from ops.embedded.programs import postgres_bin, valkey_server
from ops.errors import PublicError
from ops.machine import GIB, descriptor_limits, detect
from ops.settings import Settings
from storage.editions import Edition
from storage.inspection import inspect_postgres, inspect_redis
from storage.migrate import check
from storage.migration_files import MigrationError

_OLDEST_POSTGRES = 15
_OLDEST_TIMESCALE = (2, 19)
_OLDEST = {"Redis": 7, "Valkey": 8}
_SPARE_DESCRIPTORS = 100
_ROOT = Path(__file__).resolve().parents[2]


class State(Enum):
    """Good; good enough, with a note; or missing, so that serving fails."""

    GOOD = "good"
    NOTE = "note"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its state, what was found, and what to do (empty where nothing is)."""

    what: str
    state: State
    found: str
    advice: str = ""


def local_findings(settings: Settings) -> list[Finding]:
    """Look at this machine: Python, sizes, descriptor limits, programs, data folder, optional parts."""
    machine = detect()
    return [
        Finding("Python", State.GOOD, platform.python_version()),
        Finding("machine", State.GOOD, f"{machine.cores} cores, {machine.memory / GIB:.1f} GiB of memory"),
        _descriptors(settings),
        _program("embedded PostgreSQL", settings.database_url is None),
        _program("embedded Valkey", settings.redis_url is None),
        _data_folder(settings),
        _demo(),
        _graphiql(),
    ]


async def database_finding(url: str | None, seconds: float) -> Finding:
    """Ask PostgreSQL for its version and edition."""
    if url is None:
        return Finding("database", State.NOTE, "embedded, not started here yet", "insitechart serve")
    try:
        facts = await inspect_postgres(url, seconds)
    except PublicError as error:
        advice = "start it, or correct INSITECHART_DATABASE_URL"
        return Finding("database", State.MISSING, f"no answer: {error.__cause__ or error}", advice)
    major = int(re.match(r"\d+", facts.version)[0])  # type: ignore[index]  # servers' versions begin with a number
    found = f"PostgreSQL {facts.version}, {facts.edition.value}"
    if facts.timescale:
        found += f" {facts.timescale}"
    found += f", {facts.database_size / GIB:.2f} GiB, {facts.settings['max_connections']} connections"
    if major < _OLDEST_POSTGRES:
        return Finding("database", State.MISSING, found, f"PostgreSQL {_OLDEST_POSTGRES} or newer is needed")
    if facts.timescale and tuple(int(part) for part in facts.timescale.split(".")[:2]) < _OLDEST_TIMESCALE:
        return Finding("database", State.NOTE, found, "TimescaleDB 2.19 or newer is what the tests run on")
    if facts.settings["jit"] != "off" or facts.edition is Edition.PLAIN:
        advice = "fine for one machine; in production TimescaleDB, with `doctor --postgres-conf`"
        return Finding("database", State.NOTE if facts.settings["jit"] != "off" else State.GOOD, found, advice)
    return Finding("database", State.GOOD, found)


async def redis_finding(url: str | None, seconds: float) -> Finding:
    """Ask Redis or Valkey for its version; the API serves without it."""
    if url is None:
        return Finding("Redis", State.NOTE, "embedded, not started here yet", "insitechart serve")
    try:
        facts = await inspect_redis(url, seconds)
    except PublicError as error:
        advice = "start it, or correct INSITECHART_REDIS_URL; until then the API serves without it"
        return Finding("Redis", State.NOTE, f"no answer: {error.__cause__ or error}", advice)
    found = f"{facts.product} {facts.version}, {facts.policy}, {facts.max_memory // 2**20 or 'no'} MiB limit"
    if int(facts.version.partition(".")[0]) < _OLDEST[facts.product]:
        return Finding("Redis", State.NOTE, found, f"{facts.product} {_OLDEST[facts.product]} or newer is tested")
    if facts.max_memory and facts.policy != "noeviction":
        return Finding("Redis", State.NOTE, found, "set maxmemory-policy noeviction: leases must not vanish")
    return Finding("Redis", State.GOOD, found)


async def schema_finding(url: str) -> Finding:
    """Compare the database's schema with the migrations."""
    try:
        report = await check(url)
    except (MigrationError, PublicError) as error:
        return Finding("schema", State.MISSING, str(error), "use the matching release of the program")
    if report.missing:
        return Finding("schema", State.NOTE, f"{len(report.missing)} migrations missing", "insitechart migrate")
    return Finding("schema", State.GOOD, f"up to date, {len(report.current)} migrations")


def _descriptors(settings: Settings) -> Finding:
    soft, hard = descriptor_limits()
    needed = settings.limits.connections + settings.database_pool + settings.redis_pool + _SPARE_DESCRIPTORS
    found = f"{soft} open files (at most {hard}), {needed} needed for {settings.limits.connections} clients"
    if soft < needed:
        return Finding("descriptors", State.NOTE, found, f"ulimit -n {needed}, or LimitNOFILE in the service's unit")
    return Finding("descriptors", State.GOOD, found)


def _program(what: str, needed: bool) -> Finding:  # noqa: FBT001  one call each
    try:
        program = postgres_bin() / "postgres" if "PostgreSQL" in what else valkey_server()
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=10)  # noqa: S603  our own programs
    except ServerUnavailable as error:
        return Finding(what, State.MISSING if needed else State.NOTE, "not installed", str(error))
    except (OSError, subprocess.SubprocessError) as error:
        return Finding(what, State.MISSING if needed else State.NOTE, f"does not run: {error}", "name a server instead")
    return Finding(what, State.GOOD, answer.stdout.partition("sha=")[0].strip())


def _data_folder(settings: Settings) -> Finding:
    asked, place = settings.data_dir.resolve(), place_for(settings.data_dir)
    existing = next(folder for folder in (place, *place.parents) if folder.exists())
    found = f"{place}, {shutil.disk_usage(existing).free / GIB:.0f} GiB free"
    if not os.access(existing, os.W_OK):
        return Finding("data folder", State.MISSING, f"{found}, not writable", "name another one with --data-dir")
    if place != asked:
        return Finding(
            "data folder", State.GOOD, found, f"{asked} is open to root alone, and servers do not run as root"
        )
    return Finding("data folder", State.GOOD, found)


def _demo() -> Finding:
    if find_spec("pytickersymbols") is None:
        return Finding("demo data", State.NOTE, "not installed", "install the extra `demo`")
    return Finding("demo data", State.GOOD, "installed")


def _graphiql() -> Finding:
    if (_ROOT / "graph" / "static" / "graphiql" / "manifest.json").exists():
        return Finding("GraphiQL", State.GOOD, "built")
    return Finding(
        "GraphiQL", State.NOTE, "not built; a plain page stands in", "make graphiql (needs Node.js with npm)"
    )
