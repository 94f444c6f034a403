"""Parameters of the command line that are numbers within bounds, refused in words that say what is expected."""

import math
from typing import Any, NoReturn

import click


class Whole(click.IntRange):
    """A whole number within bounds, of which the lower is given; both belong to it."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number, or fail as a usage error."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            _refuse(self, "a whole number", value, param, ctx)


class Finite(click.FloatRange):
    """A number within such bounds, and neither infinite nor "not a number"."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number, or fail as a usage error."""
        try:
            number = super().convert(value, param, ctx)
        except click.BadParameter:
            number = math.nan
        if not math.isfinite(number):
            _refuse(self, "a number", value, param, ctx)
        return number


def _refuse(
    kind: click.IntRange | click.FloatRange,
    wanted: str,
    value: Any,
    param: click.Parameter | None,
    ctx: click.Context | None,
) -> NoReturn:
    bounds = f", at least {kind.min:.15g}," if kind.max is None else f" from {kind.min:.15g} to {kind.max:.15g}"
    kind.fail(f"{wanted}{bounds} is expected; {str(value)!r} is given", param, ctx)
