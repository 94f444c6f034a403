"""How the outcome of a check, and the slowest fields, are shown."""

from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from ops.cli.printable import columns, printable
from ops.load.check import Report
from ops.load.judging import Verdict, least_samples
from ops.load.worst_fields import FieldTimes


def check_as_json(report: Report, *, held: bool) -> str:
    """Write all of a report; times are in milliseconds, shares in [0, 1], null where nothing can be said."""
    return _formatted(
        {
            "held": held,
            "stage": report.stage,
            "requests": report.requests,
            "failures": report.failures,
            "late_p99_ms": _milliseconds(report.late),
            "objectives": [_verdict(verdict) for verdict in report.verdicts],
            "fields": [_field(field) for field in report.fields],
            "not_asked": report.not_asked,
        }
    )


def fields_as_json(described: dict[str, Any], fields: Sequence[FieldTimes]) -> str:
    """Write field paths with their times, in milliseconds, after what is known of all of them."""
    return _formatted({**described, "fields": [_field(field) for field in fields]})


def print_check(report: Report) -> None:
    """Print the objectives, then the worst fields, then what there is to say beside."""
    console = _console()
    table = _table("objective", "wanted", "measured", "within", "samples", "held?")
    for verdict in report.verdicts:
        table.add_row(printable(verdict.objective.name), *_cells(verdict))
    console.print(table)
    if report.fields:
        console.print()
        print_fields(report.fields)
    console.print(f"\nstage       {report.stage}; {report.requests:,} requests measured", markup=False)
    if report.failures:
        told = ", ".join(f"{count:,} {code}" for code, count in sorted(report.failures.items()))
        console.print(f"failed      {printable(told)}: these are within nothing", markup=False, soft_wrap=True)
    if report.late > _LATE:
        console.print(
            f"late        1 of 100 requests was sent {_shown(report.late)} ms after it was due: this machine is too "
            "busy to send at that rate, and its own delay is in the times",
            markup=False,
            soft_wrap=True,
        )
    few = [verdict for verdict in report.verdicts if verdict.held is None and verdict.samples]
    if few:
        least = ", ".join(f"{verdict.objective.name} {least_samples(verdict.objective)}" for verdict in few)
        console.print(f"too few     samples to judge by; wanted are {least}", markup=False, soft_wrap=True)
    if report.not_asked:
        console.print(f"not asked   {', '.join(report.not_asked)}", markup=False, soft_wrap=True)


def print_fields(fields: Sequence[FieldTimes]) -> None:
    """Print field paths with their times and their share of the budget."""
    table = _table("operation", "p50 ms", "p90 ms", "p99 ms", "count", "budget ms", "used")
    table.columns[0].header = "operation and path"
    table.add_column("field")
    for field in fields:
        used = "-" if field.used is None else f"{field.used:.0%}"
        style = "red" if field.used is not None and field.used > 1 else ""
        times = [_shown(field.p50), _shown(field.p90), _shown(field.p99)]
        budget = "-" if field.budget is None else _shown(field.budget)
        name = printable(f"{field.operation} {field.path}")
        field_name = printable(field.coordinate or "-")
        table.add_row(name, *times, f"{field.samples:,}", budget, used, field_name, style=style)
    _console().print(table)


_LATE = 0.05
_HELD = {True: "yes", False: "[red]NO[/]", None: "[yellow]too few[/]"}


def _cells(verdict: Verdict) -> list[str]:
    objective = verdict.objective
    wanted = f"{objective.percentile} {_shown(objective.seconds)} ms"
    if not verdict.samples:
        return [wanted, "-", "-", "0", "-"]
    measured = "never" if verdict.measured is None else f"{_shown(verdict.measured)} ms"
    share = f"{'' if verdict.counted else '~'}{(verdict.share or 0.0):.1%}"
    return [wanted, measured, share, f"{verdict.samples:,}", _HELD[verdict.held]]


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "objective": verdict.objective.name,
        "percentile": verdict.objective.percentile,
        "wanted_ms": _milliseconds(verdict.objective.seconds),
        "measured_ms": _milliseconds(verdict.measured),
        "share_wanted": verdict.objective.share,
        "share_within": verdict.share,
        "counted": verdict.counted,
        "samples": verdict.samples,
        "held": verdict.held,
    }


def _field(field: FieldTimes) -> dict[str, Any]:
    return {
        "operation": field.operation,
        "path": field.path,
        "coordinate": field.coordinate,
        "count": field.samples,
        "p50_ms": _milliseconds(field.p50),
        "p90_ms": _milliseconds(field.p90),
        "p99_ms": _milliseconds(field.p99),
        "budget_ms": _milliseconds(field.budget),
        "used": field.used,
    }


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1_000, 3)


def _shown(seconds: float) -> str:
    milliseconds = seconds * 1_000
    return f"{milliseconds:,.0f}" if milliseconds >= 100 else f"{milliseconds:,.3g}"  # noqa: PLR2004  three digits


def _table(*headings: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left")
    return table


def _console() -> Console:
    return Console(highlight=False, emoji=False, width=columns())


def _formatted(found: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
