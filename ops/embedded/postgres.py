"""The embedded PostgreSQL: a cluster made with initdb, reached through a Unix socket with a password.

The socket stands in a folder that only the server's own user (and root) may enter, and there is no TCP port, so other
users of the machine reach neither the server nor its data.
"""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from ops.embedded.errors import ServerUnavailable
from ops.embedded.identity import Identity, named_identity
from ops.embedded.processes import belongs
from ops.embedded.server import child_setup, data_of, make_private
from ops.embedded.sockets import socket_folder
from ops.machine import detect, developer_slice, postgres_settings, render

ROLE = "insitechart"
CONNECTIONS = 120
_DEAD_PID = 2**30  # beyond the kernel's largest process id (2**22)
_STATUS_LINE = 7


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A PostgreSQL cluster in `folder`, run by the programs in `bin`, with `options` over the sized settings."""

    folder: Path
    bin: Path
    options: dict[str, str] = field(default_factory=dict)
    program: str = "postgres"
    stop_steps: tuple[tuple[signal.Signals, float], ...] = (
        (signal.SIGINT, 2.0),  # fast: roll back, write a checkpoint
        (signal.SIGQUIT, 1.0),  # immediate: leave the rest to the next start's recovery
        (signal.SIGKILL, 1.0),
    )

    def prepare(self, identity: Identity) -> None:
        """Make the cluster if there is none, write its settings, and clear what a killed server left.

        Raise ServerUnavailable for data of another major version.
        """
        data = data_of(self)
        if not (data / "PG_VERSION").exists():
            self._initialize(identity)
        self._refuse_other_version()
        self._write_settings(identity)
        make_private(socket_folder(self.folder), identity)
        self._disown_dead_postmaster()

    def command(self) -> list[str]:
        """Return the postmaster's command line."""
        return [str(self.bin / "postgres"), "-D", str(data_of(self)), "-k", str(socket_folder(self.folder))]

    def pid(self) -> int | None:
        """Return the postmaster's id if that process is alive and works in this cluster."""
        lines = self._pid_lines()
        recorded = int(lines[0]) if lines and lines[0].strip().isdigit() else 0
        return recorded if recorded and belongs(recorded, self.program, data_of(self)) else None

    def ready(self) -> bool:
        """Whether the postmaster says it is: the line of its pid file that pg_ctl waits for."""
        lines = self._pid_lines()
        return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready" and self.pid() is not None

    def url(self) -> str:
        """Return a postgresql:// URL with the socket's folder as host."""
        password = (self.folder / "password").read_text().strip()
        return f"postgresql://{ROLE}:{password}@/{ROLE}?host={quote(str(socket_folder(self.folder)), safe='')}"

    def _initialize(self, identity: Identity) -> None:
        partial = self.folder / "data.new"
        shutil.rmtree(partial, ignore_errors=True)
        builder = named_identity(identity)
        make_private(partial, builder)
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        sync = ["--no-sync"] if self.options.get("fsync") == "off" else []
        self._run([str(self.bin / "initdb"), "-D", str(partial), "-U", ROLE, "-A", "trust", *locale, *sync], builder)
        # The secret is 256 random bits, so it needs no stretching, and a connection no 4,096 rounds of hashing.
        secret = (self.folder / "password").read_text().strip()
        script = f"SET scram_iterations = 1;\nALTER ROLE {ROLE} PASSWORD '{secret}';\nCREATE DATABASE {ROLE};\n"
        single = ["--single", "-D", str(partial), "-c", "log_min_messages=panic", "-c", "log_statement=none"]
        self._run([str(self.bin / "postgres"), *single, "postgres"], builder, script)
        (partial / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        with (partial / "postgresql.conf").open("a") as settings:
            settings.write("include = 'insitechart.conf'\n")
        if identity.switch:
            for parent, folders, files in os.walk(partial):
                for name in (".", *folders, *files):
                    os.chown(Path(parent, name), identity.uid, identity.gid, follow_symlinks=False)
        partial.rename(data_of(self))

    def _run(self, command: list[str], identity: Identity, script: str = "") -> None:
        done = subprocess.run(
            command,
            input=script,
            text=True,
            capture_output=True,
            check=False,
            timeout=120,
            cwd="/",
            preexec_fn=child_setup(identity),
            env={"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C"},
        )
        if done.returncode:
            raise ServerUnavailable(f"{Path(command[0]).name} failed:\n{done.stderr.strip()[-2000:]}")

    def _refuse_other_version(self) -> None:
        found = (data_of(self) / "PG_VERSION").read_text().strip()
        version = subprocess.run([str(self.bin / "postgres"), "-V"], capture_output=True, text=True, check=True)
        ours = version.stdout.split()[2].partition(".")[0]
        if found != ours:
            raise ServerUnavailable(
                f"{data_of(self)} holds data of PostgreSQL {found}, and the embedded server is PostgreSQL {ours}. "
                "Dump it with the old version and load it anew, move the folder away to start empty, or name another "
                "folder with --data-dir or INSITECHART_DATA_DIR."
            )

    def _write_settings(self, identity: Identity) -> None:
        sized = postgres_settings(developer_slice(detect()), connections=CONNECTIONS)
        text = render({**sized, "listen_addresses": "", "unix_socket_permissions": "0700", **self.options})
        partial = data_of(self) / "insitechart.conf.new"
        partial.write_text(text)
        if identity.switch:
            os.chown(partial, identity.uid, identity.gid)
        partial.replace(data_of(self) / "insitechart.conf")

    def _pid_lines(self) -> list[str]:
        try:
            return (data_of(self) / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _disown_dead_postmaster(self) -> None:
        """Make a dead postmaster's id, which a zombie or a stranger may now have, keep nobody from starting.

        In its pid file it is replaced by one that cannot exist. The rest stays: from it PostgreSQL itself checks that
        no back end still holds the shared memory. The socket's files hold nothing else and are removed.
        """
        lines = self._pid_lines()
        if self.pid() is not None:
            return
        for socket in socket_folder(self.folder).glob(".s.PGSQL.*"):
            socket.unlink()
        if lines:
            with (data_of(self) / "postmaster.pid").open("r+") as file:
                file.write("\n".join([str(_DEAD_PID), *lines[1:]]) + "\n")
                file.truncate()
