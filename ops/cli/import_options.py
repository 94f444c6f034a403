"""The flags that all three imports share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import click

from ingest.importing.sources import Format

Command = TypeVar("Command", bound=Callable[..., None])
_FORMATS: tuple[Format, ...] = ("csv", "jsonl")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the command line asks of an import."""

    files: Sequence[str]
    mapping: Mapping[str, str]
    strict: bool
    rejects: str | None
    declared: Format | None


def import_options(command: Command) -> Command:
    """Add the shared flags to a command."""
    options: list[Callable[[Command], Command]] = [
        click.argument("files", nargs=-1, required=True, metavar="FILE..."),
        click.option(
            "--map",
            "mapping",
            multiple=True,
            metavar="COLUMN=FIELD",
            callback=_mapping,
            help="Read a column as a field.",
        ),
        click.option("--strict", is_flag=True, help="Stop at the first bad row; what stood before it is kept."),
        click.option("--rejects", metavar="FILE", help="Write every rejected row's line and reason to a CSV file."),
        click.option(
            "--format", "format_", type=click.Choice(_FORMATS), help="The format, where the name does not say."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _mapping(ctx: click.Context, parameter: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    found = {}
    for value in values:
        column, equals, name = value.rpartition("=")
        if not equals or not column or not name:
            raise click.BadParameter(f"'{value}' is not COLUMN=FIELD", ctx, parameter)
        found[column.strip()] = name.strip()
    return found
