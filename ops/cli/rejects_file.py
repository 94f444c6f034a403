"""The CSV file that `--rejects` names: each rejected row's file, line, reason and value."""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import click

from ingest.importing.faults import Rejection
from ops.cli import exits

WriteReject = Callable[[str, Rejection], None]


class RejectsUnwritable(click.ClickException):
    """The file of rejects cannot be made, or not be written any further."""

    exit_code: ClassVar[int] = exits.USAGE


@contextmanager
def rejects_file(name: str | None, inputs: Sequence[str]) -> Iterator[WriteReject]:
    """Yield what writes a row to the file, or nowhere where none is named.

    Raise RejectsUnwritable where the file cannot be written, or is itself to be imported.
    """
    if name is None:
        yield lambda _file, _rejection: None
        return
    if any(_same(name, each) for each in inputs):
        raise RejectsUnwritable(f"--rejects {name}: this file is to be imported, and would be overwritten")
    with _refusing(name):
        # A file's name may hold bytes that are no UTF-8: they are written as they were given.
        opened = Path(name).open("w", newline="", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115 - below
    writer = csv.writer(opened)

    def write(file: str, rejection: Rejection) -> None:
        with _refusing(name):
            writer.writerow((file, rejection.line, rejection.reason, rejection.detail))

    try:
        with _refusing(name):
            writer.writerow(("file", "line", "reason", "detail"))
        yield write
    finally:
        with _refusing(name):
            opened.close()


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        raise RejectsUnwritable(f"--rejects {name}: {failure.strerror or failure}") from failure


def _same(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False
