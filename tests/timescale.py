"""A real TimescaleDB without Docker: Debian's packages, unpacked beside the system and never installed.

The machine's own apt sources are read with their suite renamed to the release that has TimescaleDB; lists and packages
live in a cache of ours. The unpacked programs are pointed at the unpacked libc, because the system's may be older.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from ops.embedded.identity import SYSTEM_PLACE
from ops.embedded.locks import FileLock
from ops.embedded.postgres import PostgresServer
from ops.embedded.server import make_folder
from tests.servers import PLACE, UNSAFE_AND_FAST, running

URL_VARIABLE = "INSITECHART_TEST_TIMESCALE_URL"
SUITE = "trixie"
# fmt: off
PACKAGES = (
    "postgresql-17", "postgresql-client-17", "postgresql-17-timescaledb", "patchelf", "libc6", "libgcc-s1",
    "libstdc++6", "libpq5", "libssl3t64", "libicu76", "libxml2", "libxslt1.1", "liblz4-1", "libzstd1", "libxxhash0",
    "zlib1g", "liblzma5", "libgssapi-krb5-2", "libkrb5-3", "libk5crypto3", "libkrb5support0", "libkeyutils1",
    "libcom-err2", "libldap2", "libsasl2-2", "libpam0g", "libaudit1", "libcap-ng0", "libselinux1", "libpcre2-8-0",
    "libsystemd0", "libcap2", "libuuid1", "libgcrypt20", "libgpg-error0", "libreadline8t64", "libtinfo6", "tzdata",
)
# fmt: on
OPTIONS = {
    **UNSAFE_AND_FAST,
    "shared_preload_libraries": "timescaledb",
    "timescaledb.telemetry_level": "off",
    "max_worker_processes": "16",
}
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "insitechart" / "timescale"
_BUILD_SECONDS = 110.0


class TimescaleAbsent(Exception):
    """No TimescaleDB can be had here; the message says why."""


@contextmanager
def timescale_postgres() -> Iterator[str]:
    """Yield the URL of a TimescaleDB server: the one the environment names, or one of our own."""
    named = os.environ.get(URL_VARIABLE)
    if named:
        yield named
        return
    server = PostgresServer(PLACE / "timescale", programs(), OPTIONS)
    with running(server):
        yield server.url()


def programs() -> Path:
    """Return the folder of TimescaleDB's server programs, unpacked on first use (the packages are kept)."""
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise TimescaleAbsent(f"no {tool} on this machine; name a TimescaleDB server in {URL_VARIABLE}")
    place = SYSTEM_PLACE / "programs" if os.geteuid() == 0 else _CACHE
    target = place / f"timescale-{sha256(' '.join(PACKAGES).encode()).hexdigest()[:12]}"
    found = target / "usr/lib/postgresql/17/bin"
    make_folder(place)
    make_folder(_CACHE)
    lock = FileLock(place / "timescale.lock")
    try:
        lock.acquire(exclusive=True, seconds=_BUILD_SECONDS, waiting_for="another process that unpacks TimescaleDB")
        if not (found / "postgres").exists():
            _build(target)
    finally:
        lock.close()
    return found


def renamed_sources(text: str, codename: str) -> str:
    """Return the entries of an apt source file (deb822 or one-line) that name `codename`, renamed to SUITE."""
    if "URIs:" in text:
        entries = re.split(r"\n\s*\n", text)
        kept = [entry for entry in entries if re.search(rf"^Suites:.*\b{codename}\b", entry, re.MULTILINE)]
        lines = [re.sub(r"^#.*\n?", "", entry.strip(), flags=re.MULTILINE) for entry in kept]
        renamed = [
            re.sub(r"(?m)^(Suites:.*)$", lambda line: line[1].replace(codename, SUITE), entry) for entry in lines
        ]
        return "".join(f"{entry}\n\n" for entry in renamed)
    pattern = re.compile(rf"^deb\s+(\[[^]]*\]\s+)?\S+\s+{codename}(-updates|-security|/updates)?\s")
    return "".join(f"{line.replace(codename, SUITE)}\n" for line in text.splitlines() if pattern.match(line))


def _build(target: Path) -> None:
    partial = target.with_suffix(".new")
    shutil.rmtree(partial, ignore_errors=True)
    for package in sorted(_packages()):
        _run(["dpkg-deb", "-x", str(package), str(partial)])
    interpreter = next(partial.glob("usr/lib/*/ld-linux-*.so.*")).relative_to(partial)
    libraries = interpreter.parent
    patchelf = [
        str(partial / interpreter),
        "--library-path",
        str(partial / libraries),
        str(partial / "usr/bin/patchelf"),
    ]
    for program in (partial / "usr/lib/postgresql/17/bin").iterdir():
        if program.read_bytes()[:4] == b"\x7fELF":
            # DT_RPATH, unlike DT_RUNPATH, also serves the libraries that the extensions load in turn.
            rpath = ["--force-rpath", "--set-rpath", str(target / libraries)]
            _run([*patchelf, "--set-interpreter", str(target / interpreter), *rpath, str(program)])
    partial.rename(target)


def _packages() -> list[Path]:
    """Return the package files, downloaded unless they are in the cache."""
    archives = _CACHE / "archives"
    wanted = set(PACKAGES)
    have = {file.name.partition("_")[0]: file for file in archives.glob("*.deb")}
    if wanted <= have.keys():
        return [have[name] for name in wanted]
    sources = "".join(renamed_sources(file.read_text(), _codename()) for file in _source_files())
    if not sources:
        raise TimescaleAbsent(f"this machine's apt sources name no Debian archive; use {URL_VARIABLE}")
    lists = _CACHE / "lists"
    for folder in (lists / "partial", archives / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    source_file = _CACHE / ("debian.sources" if "URIs:" in sources else "debian.list")
    source_file.write_text(sources)
    (_CACHE / "status").touch()
    options = {
        "Dir::Etc::SourceList": source_file,
        "Dir::Etc::SourceParts": "-",
        "Dir::State::Lists": lists,
        "Dir::State::Status": _CACHE / "status",
        "Dir::Cache": _CACHE,
        "Dir::Cache::Archives": archives,
        "APT::Sandbox::User": "root",
        "Acquire::Retries": "3",
        "Acquire::Languages": "none",
    }
    apt = ["apt-get", "-qq", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]
    _run([*apt, "update"])
    _run([*apt, "download", *PACKAGES], cwd=archives)
    return [file for file in archives.glob("*.deb") if file.name.partition("_")[0] in wanted]


def _source_files() -> list[Path]:
    apt = Path("/etc/apt")
    files = [apt / "sources.list", *apt.glob("sources.list.d/*.list"), *apt.glob("sources.list.d/*.sources")]
    return [file for file in files if file.is_file()]


def _codename() -> str:
    release = Path("/etc/os-release").read_text()
    found = re.search(r"^VERSION_CODENAME=(\w+)$", release, re.MULTILINE)
    if found is None or not re.search(r"^ID=debian$", release, re.MULTILINE):
        raise TimescaleAbsent(f"not a Debian release; name a TimescaleDB server in {URL_VARIABLE}")
    return found[1]


def _run(command: list[str], cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=_BUILD_SECONDS)
    if done.returncode:
        reason = f"{Path(command[0]).name} failed: {done.stderr.strip()[-600:]}"
        # Without a network a developer goes on with fewer tests; CI must not turn green that way.
        raise RuntimeError(reason) if os.environ.get("CI") else TimescaleAbsent(reason)
