"""Where a schema to compare with comes from: a file, a git revision, or the revision this work started from."""

import subprocess
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[2]
BASE = "base"
_GIT_SECONDS = 20


def read_other(against: str, file: Path) -> tuple[str, str | None]:
    """Return a name for the schema meant by `against` and its SDL; None where that revision has no schema yet.

    `against` is a path, a git revision (whose version of `file` is read), or "base": `origin/main` where this branch
    has left it, else the commit before the last. Raises click.BadParameter for anything else.
    """
    if against != BASE and Path(against).is_file():
        return against, read_schema(Path(against))
    revision = _base() if against == BASE else against
    if revision is None:
        return "no earlier commit", None
    if _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}") is None:
        raise click.BadParameter(f"{against!r} is neither a file nor a git revision", param_hint="--against")
    name = f"{revision}:{file.name}"
    return name, _git("show", f"{revision}:./{file.name}", folder=file.resolve().parent)


def read_schema(file: Path) -> str:
    """Return the text of a schema file; raises click.FileError where it cannot be read as UTF-8."""
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from error
    except UnicodeDecodeError as error:
        raise click.FileError(str(file), "not UTF-8") from error


def read_accepted(changelog: Path) -> frozenset[str]:
    """Return the coordinates that the changelog's unreleased part owns up to breaking.

    Such a line reads ``- **Breaking schema change** `Stock.oldName`: why, and what to use instead.``
    """
    if not changelog.is_file():
        return frozenset()
    unreleased = changelog.read_text("utf-8").partition("## [Unreleased]")[2].partition("\n## ")[0]
    lines = (line.strip() for line in unreleased.splitlines())
    marked = (line for line in lines if line.startswith("- **Breaking schema change** `"))
    return frozenset(line.split("`")[1] for line in marked)


def _base() -> str | None:
    head = _git("rev-parse", "HEAD")
    main = _git("rev-parse", "--verify", "--quiet", "refs/remotes/origin/main")
    if main is not None and main != head:
        return "origin/main"
    return "HEAD~1" if _git("rev-parse", "--verify", "--quiet", "HEAD~1") else None


def _git(*arguments: str, folder: Path | None = None) -> str | None:
    try:
        ran = subprocess.run(  # noqa: S603 - a fixed program; a revision is checked before it is shown
            ["git", *arguments],  # noqa: S607 - git is wherever the user has it
            cwd=folder or ROOT,
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise click.ClickException("git is needed to compare with a revision; name a file instead") from None
    return ran.stdout if ran.returncode == 0 else None
