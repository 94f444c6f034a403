"""Registered documents beside what they come to under the present schema and limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from graph.documents.examination import Examined, Examiner
from ops.cli.printable import columns, printable
from storage.documents import DocumentRow

_BROKEN = "refused"


@dataclass(frozen=True, slots=True)
class Report:
    """A registered document; `examined` is None where it can no longer run, for the `reasons`."""

    row: DocumentRow
    examined: Examined | None
    reasons: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """How an operator knows it: its id, with name and app where it has them."""
        of = f" of app '{self.row.app}'" if self.row.app else ""
        return f"{self.row.id}{f' ({self.row.name})' if self.row.name else ''}{of}"

    def as_json(self) -> dict[str, object]:
        """Return it in JSON's terms."""
        row, found = self.row, self.examined
        return {
            "id": row.id,
            "name": row.name,
            "app": row.app,
            "version": row.version,
            "added_at": row.added_at.isoformat(),
            "used_on": row.used_on.isoformat() if row.used_on else None,
            "bytes": row.size,
            "operation": found.operation if found else None,
            "kind": found.kind if found else None,
            "least_cost": found.least if found else None,
            "cost": found.cost if found else None,
            "run_by": found.run_by if found else _BROKEN,
            "reasons": self.reasons,
        }


def reports(rows: Sequence[DocumentRow], texts: Mapping[str, str], judge: Examiner) -> list[Report]:
    """Examine documents; one that was deleted since it was listed is left out."""
    found: list[Report] = []
    for row in rows:
        if row.id in texts:
            result = judge.examine(texts[row.id])
            found.append(
                Report(row, result) if isinstance(result, Examined) else Report(row, None, result.reasons),
            )
    return found


def print_documents(found: Sequence[Report]) -> None:
    """Print a table, and below it why any of them can no longer run."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("id", "name", "operation", "cost", "run by", "app", "last use"):
        table.add_column(heading, overflow="fold", no_wrap=heading in {"cost", "last use"})
    for one in found:
        examined = one.examined
        cells = (
            one.row.id,
            one.row.name or "",
            examined.operation if examined else "",
            _cost(examined) if examined else "",
            examined.run_by if examined else _BROKEN,
            f"{one.row.app} {one.row.version}".strip(),
            one.row.used_on.isoformat() if one.row.used_on else "never",
        )
        table.add_row(*map(printable, cells))
    console = Console(width=columns(), highlight=False, markup=False, emoji=False)
    console.print(table)
    for one in found:
        for reason in one.reasons:
            console.print(printable(f"{one.told}: {reason}"), soft_wrap=True)


def _cost(examined: Examined) -> str:
    return f"{examined.cost:,}" if examined.least == examined.cost else f"{examined.least:,} to {examined.cost:,}"
