"""One recording: py-spy samples a process for some seconds and writes the file at the end, or when it is told to.

The file comes into being whole: py-spy writes beside it, under a name that ends in `.part`.
"""

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ops.profiling.errors import CannotProfile
from ops.profiling.refusals import reason

FORMATS: Final = {".svg": "flamegraph", ".json": "speedscope", ".txt": "raw"}
"""What py-spy calls the form that belongs to a file's ending; `raw` are folded stacks, one a line."""
START_SECONDS: Final = 15.0
WRITE_SECONDS: Final = 30.0
"""What py-spy may take to find its way through the process, and to draw; it is ended then."""
_TALLY: Final = re.compile(r"Samples: (\d+) Errors: (\d+)")
_ENDED: Final = "process exited"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to record: `rate` are samples a second.

    `native` adds the frames of C code, for which the process is paused for each sample; `idle` adds threads that wait.
    """

    pid: int
    output: Path
    seconds: int = 30
    rate: int = 100
    native: bool = False
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """How it went: samples that were kept, those that could not be read, whether the process ended meanwhile."""

    output: Path
    samples: int
    errors: int
    ended: bool


class Recorder:
    """py-spy at work. It is to be waited for; `stop` makes it write what it has."""

    def __init__(self, wanted: Wanted) -> None:
        """Start it. Raise CannotProfile where the file cannot be written, or there is no such process."""
        self._wanted = wanted
        if not Path(f"/proc/{wanted.pid}").exists() and sys.platform == "linux":
            raise CannotProfile(reason(wanted.pid, ""))
        program = _program()
        self._part = _part(wanted.output)
        command = [str(program), *_options(wanted, self._part)]
        self._process = subprocess.Popen(  # noqa: S603  the program is the one of this environment
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C is for the command, which has the file written
        )

    @property
    def most_seconds(self) -> float:
        """What a sound recording takes at most."""
        return START_SECONDS + self._wanted.seconds + WRITE_SECONDS

    def stop(self) -> None:
        """Have it write what it has."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)

    def wait(self, seconds: float) -> Recorded | None:
        """Return how it went, or None where it goes on for longer than that. Raise CannotProfile where it failed."""
        try:
            said, _ = self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
        try:
            return self._kept(said)
        finally:
            self._part.unlink(missing_ok=True)

    def kill(self) -> None:
        """End it without a file."""
        self._process.kill()
        self._process.communicate()
        self._part.unlink(missing_ok=True)

    def _kept(self, said: str) -> Recorded:
        tally = _TALLY.search(said)
        if self._process.returncode != 0 or tally is None:
            raise CannotProfile(reason(self._wanted.pid, said))
        samples, errors = int(tally[1]), int(tally[2])
        if samples == 0:
            raise CannotProfile(reason(self._wanted.pid, "No stack counts found"))
        self._part.replace(self._wanted.output)
        return Recorded(self._wanted.output, samples, errors, _ENDED in said)


def _program() -> Path:
    """Return py-spy of this environment, or of the path."""
    beside = Path(sys.executable).with_name("py-spy")
    if beside.exists():
        return beside
    found = shutil.which("py-spy")
    if found is None:
        raise CannotProfile("py-spy is not installed in this environment: pip install py-spy")
    return Path(found)


def _part(output: Path) -> Path:
    """Make the file that py-spy writes to, which proves that there can be one.

    Nobody knows its name beforehand, and it was not there: in a folder for all, a link could lead root elsewhere.
    """
    if output.suffix not in FORMATS:
        raise CannotProfile(f"{output}: the name is expected to end in {', '.join(FORMATS)}")
    if output.is_dir():
        raise CannotProfile(f"{output}: this is a folder, and a file is expected")
    part = output.with_name(f".{output.name}.{os.getpid()}-{secrets.token_hex(8)}.part")
    try:
        part.touch(exist_ok=False)
    except OSError as error:
        raise CannotProfile(f"{output} cannot be written: {error.strerror}") from error
    return part


def _options(wanted: Wanted, part: Path) -> list[str]:
    sampling = ["--pid", str(wanted.pid), "--duration", str(wanted.seconds), "--rate", str(wanted.rate)]
    file = ["--format", FORMATS[wanted.output.suffix], "--output", str(part)]
    # Its stacks of C code need a process that holds still.
    how = ["--native" if wanted.native else "--nonblocking", *(["--idle"] if wanted.idle else [])]
    return ["record", *sampling, *file, *how]
