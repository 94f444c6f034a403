"""The command group: loads commands late, gives each the common flags, and turns known failures into exit codes."""

import difflib
import importlib
import logging
import os
from collections.abc import Iterator, Mapping
from typing import Any

import click

from ops.cli import exits
from ops.cli.standard_streams import open_closed_streams
from ops.embedded.errors import ServerUnavailable
from ops.errors import Unavailable


class LazyGroup(click.Group):
    """A group whose commands are named as `{name: (module, summary)}`."""

    def __init__(self, *args: Any, sources: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self._sources = sources
        self.params.extend(_common_options())

    def main(self, *args: Any, **options: Any) -> Any:
        """Run as click does, with all three streams open."""
        open_closed_streams()
        return super().main(*args, **options)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Return the names in the order of the table."""
        return list(self._sources)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  same
        """Import the command's module and return the command of that name in it."""
        if cmd_name not in self._sources:
            return None
        module = importlib.import_module(self._sources[cmd_name][0])
        command = next(
            each for each in vars(module).values() if isinstance(each, click.Command) and each.name == cmd_name
        )
        for leaf in _leaves(command):
            taken = {name for parameter in leaf.params for name in parameter.opts}
            leaf.params.extend(option for option in _common_options() if not taken & set(option.opts))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  same
        """List the summaries without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self._sources.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest the one that was meant."""
        name = args[0]
        if name not in self._sources and not name.startswith("-"):
            meant = difflib.get_close_matches(name, self._sources, n=1)
            hint = f" Did you mean '{meant[0]}'?" if meant else ""
            ctx.fail(f"No such command '{name}'.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a server that is not there, and an interrupt, have exit codes of their own."""
        _refuse_unknown_variables(ctx)
        _log_warnings_only()
        try:
            return super().invoke(ctx)
        except (ServerUnavailable, Unavailable) as error:
            raise exits.Unavailable(_with_reason(error)) from error
        except KeyboardInterrupt:
            ctx.exit(exits.INTERRUPTED)


def _common_options() -> list[click.Option]:
    return [
        _setting("--database-url", "URL", "PostgreSQL to use (postgresql://…); none starts the embedded server."),
        _setting("--redis-url", "URL", "Redis or Valkey to use (redis://…); none starts the embedded server."),
        _setting("--data-dir", "FOLDER", "Where the embedded servers keep their data [default: .insitechart]."),
    ]


def _setting(flag: str, metavar: str, text: str) -> click.Option:
    return click.Option([flag], metavar=metavar, help=text, expose_value=False, callback=_remember)


def _remember(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        root = ctx.find_root()
        root.obj = {**(root.obj or {}), str(parameter.name): value}


def _leaves(command: click.Command) -> Iterator[click.Command]:
    if isinstance(command, click.Group):
        if command.invoke_without_command:
            yield command
        for child in command.commands.values():
            yield from _leaves(child)
    else:
        yield command


def _refuse_unknown_variables(ctx: click.Context) -> None:
    """Refuse a misspelt variable: ignored, it could lead a command to another server than the one meant."""
    from ops.cli.endpoints import variables  # noqa: PLC0415  pydantic is slow to import, and help needs none

    known = variables()
    for name in sorted(os.environ):
        if name.startswith("INSITECHART_") and not name.startswith("INSITECHART_TEST_") and name not in known:
            meant = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {meant[0]}?" if meant else "; see docs/settings.md"
            ctx.fail(f"unknown variable {name}{hint}")


def _log_warnings_only() -> None:
    """Keep standard output for answers and standard error for problems; `serve` turns its own events on."""
    from ops import logs  # noqa: PLC0415  slow to import, and help needs none

    logs.configure(readable=True, level=logging.WARNING)


def _with_reason(error: Exception) -> str:
    reason = error.__cause__
    return str(error) if reason is None else f"{error} ({str(reason) or type(reason).__name__})"
