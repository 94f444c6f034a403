"""Which column means what: a field's own name, names it commonly goes by, or what `--map` says."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ingest.importing.faults import UnusableInput, shown

_PLAIN = re.compile(r"[^a-z0-9]+")
_SHAPES_KEPT = 64
_COLUMNS_KEPT = 256  # what has more columns is a shape of its own on every line


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that rows of a kind hold; `aliases` are other names of its column, the likeliest first."""

    name: str
    required: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(slots=True)
class Columns:
    """Finds the fields of a kind among the columns of an input.

    `mapping` goes from column to field and comes first; `given` names fields that have a value from elsewhere.
    """

    fields: tuple[Field, ...]
    mapping: Mapping[str, str] = field(default_factory=dict)
    given: Collection[str] = ()
    _shapes: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = [each.name for each in self.fields]
        unknown = [name for name in self.mapping.values() if name not in known]
        if unknown:
            raise UnusableInput(
                f"there is no field {', '.join(map(shown, unknown))}; the fields are {', '.join(known)}"
            )

    def of_header(self, columns: tuple[str, ...]) -> None:
        """Check that a header has every mapped and every required column; raise UnusableInput naming all of them."""
        absent = [column for column in self.mapping if column not in columns]
        if absent:
            raise UnusableInput(
                f"no column {', '.join(map(shown, absent))} to map; the columns found are {_listed(columns)}"
            )
        missing = [each for each in self.missing(self.find(columns)) if each.name not in self.given]
        if missing:
            wanted = "; ".join(
                f"{each.name} (or {', '.join(each.aliases)})" if each.aliases else each.name for each in missing
            )
            raise UnusableInput(
                f"missing {'columns' if len(missing) > 1 else 'column'}: {wanted}. The columns found are "
                f"{_listed(columns)}. Name another column with --map COLUMN={missing[0].name}"
            )

    def find(self, columns: Iterable[str]) -> dict[str, str]:
        """Map each field that is present to its column; answers are remembered per set of columns."""
        shape = tuple(columns)
        found = self._shapes.get(shape)
        if found is None:
            found = self._find(shape)
            if len(self._shapes) >= _SHAPES_KEPT:
                self._shapes.clear()
            if len(shape) <= _COLUMNS_KEPT:
                self._shapes[shape] = found
        return found

    def missing(self, found: Collection[str]) -> list[Field]:
        """List the required fields that have no column."""
        return [each for each in self.fields if each.required and each.name not in found]

    def _find(self, columns: tuple[str, ...]) -> dict[str, str]:
        found = {name: column for column, name in self.mapping.items() if column in columns}
        plain = {_plain(column): column for column in reversed(columns) if column not in self.mapping}
        for each in self.fields:
            for alias in (each.name, *each.aliases):
                if each.name not in found and alias in plain:
                    found[each.name] = plain[alias]
        return found


def _plain(column: str) -> str:
    return _PLAIN.sub("_", column.casefold()).strip("_")


def _listed(columns: tuple[str, ...]) -> str:
    names = [shown(column) or "(unnamed)" for column in columns[:30]]
    return ", ".join(names) + (f" and {len(columns) - 30} more" if len(columns) > 30 else "")  # noqa: PLR2004
