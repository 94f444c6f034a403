"""Exit codes that scripts can trust."""

from typing import ClassVar

import click

DONE = 0
FAILED = 1  # a check failed, or some of the work could not be done
USAGE = 2  # an unknown command, flag or variable, or a value that does not fit
UNAVAILABLE = 69  # a server that the command needs is not there (EX_UNAVAILABLE of sysexits.h)
INTERRUPTED = 130


class Unavailable(click.ClickException):
    """A server that the command needs is not there."""

    exit_code: ClassVar[int] = UNAVAILABLE


class Failed(click.ClickException):
    """The work could not be done; the message says why."""

    exit_code: ClassVar[int] = FAILED
