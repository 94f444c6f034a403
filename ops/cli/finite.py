"""A parameter of the command line that is a finite number within bounds."""

import math
from typing import Any

import click


class FiniteRange(click.FloatRange):
    """A FloatRange without infinity and without "not a number", which passes every comparison with the bounds."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number, or fail as a usage error."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number
