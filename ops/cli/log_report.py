"""An analysis of log lines as tables for a person."""

from collections.abc import Iterable
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ops.cli.printable import columns, printable
from ops.log_analysis import Analysis
from ops.log_analysis.figures import Listed, Row

_NONE = "-"
_MOST_CHARACTERS = 200
_TENTHS = 10  # milliseconds from which on hundredths say nothing


def print_analysis(found: Analysis) -> None:
    """Print what was read, then a table for each question that has an answer."""
    console = _console()
    print_read(found)
    _operations(console, found)
    _errors(console, found)
    _trends(console, found)
    _slow_statements(console, found)
    _phases(console, found)
    _caches(console, found)
    _external_apis(console, found)


def print_read(found: Analysis, *, error: bool = False) -> None:
    """Print what the files held, and what of it is left out."""
    read = found.read
    console = _console(error=error)
    console.print(f"{read.lines:,} lines of {_files(read.files)}; {read.within:,} are told of", soft_wrap=True)
    left_out = (
        (read.outside, "outside the window"),
        (read.unreadable, "no JSON: torn, or of another program"),
        (read.foreign, "JSON of another program: without event and time"),
        (read.future, "of a time that is yet to come"),
        (read.too_long, "longer than 8 MiB"),
    )
    for count, reason in left_out:
        if count:
            console.print(f"  {count:,} left out: {reason}")
    for name in read.broken:
        console.print(printable(f"  {name}: breaks off; what comes before is read"), soft_wrap=True)


def _operations(console: Console, found: Analysis) -> None:
    rows = found.operations
    table = _table(("operation", "kind"), ("count", "failed", "kept", "p50 ms", "p95 ms", "p99 ms", "longest"))
    for each in rows.rows:
        numbers = (each.p50, each.p95, each.p99, each.longest)
        share = f"{each.kept / each.count:.0%}"
        _add(table, (each.name or _NONE, each.kind), (f"{each.count:,}", f"{each.failed:,}", share, *map(_ms, numbers)))
    _show(console, "Operations", table, rows)


def _errors(console: Console, found: Analysis) -> None:
    table = _table(("error", "component", "level"), ("count", "first", "last"), "newest request")
    for each in found.errors.rows:
        table.add_row(
            _told(each.type),
            _told(each.component),
            _told(each.level or _NONE),
            f"{each.count:,}",
            _clock(each.first),
            _clock(each.last),
            _told(each.example or _NONE),
        )
    _show(console, "Errors", table, found.errors)


def _trends(console: Console, found: Analysis) -> None:
    trends = found.trends
    if trends is None:
        return
    console.print()
    if trends.rising is None:
        minutes = trends.seconds_before / 60
        console.print(
            f"Rising errors: not told; only {minutes:.0f} minutes of the hour before are there", soft_wrap=True
        )
    elif not trends.rising:
        console.print(f"Rising errors: none in the hour before {_clock(trends.end)} UTC")
    else:
        console.print(f"Rising errors, the hour before {_clock(trends.end)} UTC against the hour before that")
        table = _table(("error", "component"), ("before", "now", "rate", "P"))
        for each in trends.rising:
            growth = "new" if each.growth is None else f"x {each.growth:,.1f}"
            _add(table, (each.type, each.component), (f"{each.before:,}", f"{each.now:,}", growth, f"{each.p:.1g}"))
        console.print(table)


def _slow_statements(console: Console, found: Analysis) -> None:
    table = _table(("statement",), ("count", "p50 ms", "p95 ms", "longest"))
    for each in found.slow_statements.rows:
        _add(table, (each.name,), (f"{each.count:,}", *map(_ms, (each.p50, each.p95, each.longest))))
    _show(console, "Slow statements: beyond their objective", table, found.slow_statements)


def _phases(console: Console, found: Analysis) -> None:
    table = _table(("phase",), ("count", "p50 ms", "p95 ms", "p99 ms", "sum, s"))
    for each in found.phases:
        _add(
            table,
            (each.name,),
            (f"{each.count:,}", *map(_ms, (each.p50, each.p95, each.p99)), f"{each.total / 1_000:,.1f}"),
        )
    _show(console, "Phases", table, Listed(found.phases, len(found.phases)))


def _caches(console: Console, found: Analysis) -> None:
    table = _table(("cache",), ("asked", "hits", "rate"))
    for each in found.caches if any(level.asked for level in found.caches) else ():
        rate = "-" if each.rate is None else f"{each.rate:.1%}"
        _add(table, (each.level,), (f"{each.asked:,}", f"{each.hits:,}", rate))
    if table.rows:
        _show(console, "Caches", table, Listed(found.caches, len(found.caches)))


def _external_apis(console: Console, found: Analysis) -> None:
    table = _table(("API",), ("calls", "errors", "rate", "p50 ms", "p85 ms", "p99 ms"), "reasons")
    for each in found.external_apis.rows:
        table.add_row(
            _told(each.api),
            f"{each.calls:,}",
            f"{each.errors:,}",
            f"{each.errors / each.calls:.1%}",
            *map(_ms, (each.p50, each.p85, each.p99)),
            _told(", ".join(f"{reason}: {count:,}" for reason, count in each.reasons.items())),
        )
    _show(console, "External APIs", table, found.external_apis)


def _table(words: Iterable[str], numbers: Iterable[str], last: str | None = None) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in words:
        table.add_column(heading, overflow="fold")
    for heading in numbers:
        table.add_column(heading, justify="right", no_wrap=True)
    if last is not None:
        table.add_column(last, overflow="fold")
    return table


def _add(table: Table, words: Iterable[str], numbers: Iterable[str]) -> None:
    table.add_row(*map(_told, words), *numbers)


def _show(console: Console, title: str, table: Table, listed: Listed[Row]) -> None:
    if listed.rows:
        console.print()
        console.print(title)
        console.print(table)
    if hidden := listed.are - len(listed.rows):
        console.print(f"… and {hidden:,} more; --top shows more")


def _console(*, error: bool = False) -> Console:
    return Console(stderr=error, width=columns(), highlight=False, markup=False, emoji=False)


def _told(text: str) -> Text:
    """Show a text of the log, which may be of any length."""
    return printable(text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}… {len(text):,} characters")


def _files(count: int) -> str:
    return "one file" if count == 1 else f"{count:,} files"


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:,.1f}" if milliseconds >= _TENTHS else f"{milliseconds:.2f}"


def _clock(instant: datetime) -> str:
    return f"{instant:%m-%d %H:%M:%S}"
