"""How the outcome of a check, and the slowest fields, are shown."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from graph.recent_fields import Recent
from ops.budgets.field_lines import FieldLine
from ops.cli.printable import columns, printable
from ops.load.check import Report
from ops.load.judging import Verdict, least_samples


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
            "fields": report.fields,
            "not_asked": report.not_asked,
        }
    )


def recent_as_json(recent: Recent, fields: Sequence[FieldLine]) -> str:
    """Write some field paths of what a server saw lately."""
    return _formatted({**msgspec.structs.asdict(recent), "fields": fields})


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
        console.print(f"failed      {_failures(report)}: these are within nothing", markup=False, soft_wrap=True)
    if report.late > _LATE:
        console.print(
            f"late        1 of 100 requests was sent {_shown(report.late)} ms after it was due: this machine is too "
            "busy to send at that rate, and its own delay is in the times",
            markup=False,
            soft_wrap=True,
        )
    few = [verdict for verdict in report.verdicts if verdict.held is None and verdict.samples]
    if few:
        console.print(f"too few     {_too_few(few)}; ask longer or more often", markup=False, soft_wrap=True)
    if report.not_asked:
        console.print(f"not asked   {', '.join(report.not_asked)}", markup=False, soft_wrap=True)


def _failures(report: Report) -> str:
    """Return what failed, by code; whoever answers chooses these, and how many there are."""
    codes = sorted(report.failures.items(), key=lambda each: (-each[1], each[0]))
    told = [f"{count:,} {printable(code)}" for code, count in codes[:_MOST_CODES]]
    if len(codes) > _MOST_CODES:
        told.append(f"{sum(count for _, count in codes[_MOST_CODES:]):,} of {len(codes) - _MOST_CODES:,} other codes")
    return ", ".join(told)


def print_recent(recent: Recent, fields: Sequence[FieldLine]) -> None:
    """Print some field paths of what a server saw lately, and since when."""
    console = _console()
    if fields:
        print_fields(fields)
        console.print()
    minutes = (recent.until - recent.since).total_seconds() / 60
    seen = f"{len(recent.fields):,} field paths" if recent.fields else "no field was resolved"
    console.print(f"seen        {seen}, in {minutes:.0f} min since {recent.since:%Y-%m-%d %H:%M} UTC", markup=False)
    console.print(f"stage       {recent.stage}", markup=False)


def print_fields(fields: Sequence[FieldLine]) -> None:
    """Print field paths with their times and their share of the budget."""
    table = _table("operation and path", "p50 ms", "p90 ms", "p99 ms", "count", "budget ms", "used")
    table.add_column("of")
    for field in fields:
        times = [f"{one:,.3g}" if one < _WHOLE else f"{one:,.0f}" for one in (field.p50_ms, field.p90_ms, field.p99_ms)]
        whose = field.coordinate or "-" if field.budget_of == "field" else "the operation"
        table.add_row(
            printable(f"{field.operation} {field.path}"),
            *times,
            f"{field.count:,}",
            _shown(field.budget_ms / 1_000),
            f"{field.used:.0%}",
            printable(whose),
            style="red" if field.used > 1 else "",
        )
    _console().print(table)


_LATE = 0.05  # seconds
_MOST_CODES = 10
_WHOLE = 100  # milliseconds, from which on fractions say nothing
_HELD = {True: "yes", False: "[red]NO[/]", None: "[yellow]too few[/]"}


def _cells(verdict: Verdict) -> list[str]:
    objective = verdict.objective
    wanted = f"{objective.percentile} {_shown(objective.seconds)} ms"
    if not verdict.samples:
        return [wanted, "-", "-", "0", "-"]
    measured = "never" if verdict.measured is None else f"{_shown(verdict.measured)} ms"
    share = f"{'' if verdict.counted else '~'}{(verdict.share or 0.0):.1%}"
    return [wanted, measured, share, f"{verdict.samples:,}", _HELD[verdict.held]]


def _too_few(verdicts: Sequence[Verdict]) -> str:
    """Say how many samples are wanted; of objectives that want alike only how many these are."""
    alike = Counter(least_samples(verdict.objective) for verdict in verdicts)
    return ", ".join(
        f"{least:,} samples are wanted of {'one objective' if count == 1 else f'each of {count} objectives'}"
        for least, count in sorted(alike.items())
    )


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


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1_000, 3)


def _shown(seconds: float) -> str:
    milliseconds = seconds * 1_000
    return f"{milliseconds:,.3g}" if milliseconds < _WHOLE else f"{milliseconds:,.0f}"


def _table(*headings: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left")
    return table


def _console() -> Console:
    return Console(highlight=False, emoji=False, width=columns())


def _formatted(found: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
