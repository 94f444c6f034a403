"""Reads the file of the objectives, and refuses one that does not say plainly what is meant."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from ops.budgets.edges import buckets
from ops.budgets.objectives import OPERATION, Budgets, BudgetsError, Objective, Stage

SHIPPED = Path(__file__).with_name("budgets.toml")
"""The file that holds where no other is named."""

_STAGES: tuple[Stage, ...] = get_args(Stage)
_PARTS = ("statements", "cache_calls", "external_calls")
_KEYS = ("stage", "stages", *_PARTS, "operations")
_PERCENTILE = re.compile(r"p([1-9]\d(?:\.\d{1,2})?)_ms", re.ASCII)
_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*", re.ASCII)  # https://spec.graphql.org/September2025/#Name
_LONGEST_MS = 86_400_000.0
_LONGEST_NAME = 200
_MOST_OPERATIONS = 500
_LEAST = {"statements": 0.0002, "external_calls": 0.01}
_GREATEST = {"external_calls": 60.0}


def load_budgets(path: Path | None = None, stage: str | None = None) -> Budgets:
    """Read the objectives of a file, of the shipped one for None, at the file's stage or at the one that is named.

    Raises BudgetsError, which names the file and the key and says what would be right.
    """
    file = path or SHIPPED
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise BudgetsError(f"{file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BudgetsError(f"{file}: not UTF-8: byte {error.start} does not fit") from error
    except tomllib.TOMLDecodeError as error:
        raise BudgetsError(f"{file}: not TOML: {error}") from error
    return _Reader(file).budgets(table, stage)


class _Reader:
    """Reads one file; what it raises begins with the file's name."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def budgets(self, table: Mapping[str, Any], stage: str | None) -> Budgets:
        """Turn the file's table into objectives."""
        self._known(table, _KEYS, "")
        chosen = self._stage(self._given(table, "stage", "") if stage is None else stage, given=stage is not None)
        stages = self._table(self._given(table, "stages", ""), "stages")
        self._known(stages, _STAGES, "stages.")
        each_stage = {
            name: self._objective("operations", self._given(stages, name, "stages."), f"stages.{name}")
            for name in _STAGES
        }
        parts = [self._objective(name, self._given(table, name, ""), name) for name in _PARTS]
        own = self._operations(table.get("operations", {}))
        return Budgets(
            stage=chosen,
            objectives=(each_stage[chosen], *parts, *own),
            edges={
                "operations": _edges("operations", [*each_stage.values(), *own]),
                **{part.name: _edges(part.name, [part]) for part in parts},
            },
            own_seconds={objective.name.removeprefix(OPERATION): objective.seconds for objective in own},
            default_seconds=each_stage[chosen].seconds,
        )

    def _operations(self, value: object) -> list[Objective]:
        table = self._table(value, "operations")
        if len(table) > _MOST_OPERATIONS:
            raise self._wrong("operations", f"at most {_MOST_OPERATIONS} have budgets of their own, not {len(table)}")
        for name in table:
            if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
                raise self._wrong(f"operations.{name[:_LONGEST_NAME]!r}", "not the name of a GraphQL operation")
        return [
            self._objective(OPERATION + name, described, f"operations.{name}")
            for name, described in sorted(table.items())
        ]

    def _objective(self, name: str, value: object, key: str) -> Objective:
        table = self._table(value, key)
        if len(table) != 1:
            raise self._wrong(key, f"one percentile is wanted, as in p90_ms = 300, not {len(table)}")
        ((percentile, milliseconds),) = table.items()
        if isinstance(milliseconds, dict) and len(milliseconds) == 1:  # TOML takes the dot of p99.9_ms for one of keys
            ((fraction, milliseconds),) = milliseconds.items()
            percentile = f"{percentile}.{fraction}"
        named = _PERCENTILE.fullmatch(percentile)
        if named is None:
            raise self._wrong(
                f"{key}.{percentile}", "not a percentile in milliseconds: p10_ms to p99.99_ms, as p90_ms = 300"
            )
        if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
            raise self._wrong(f"{key}.{percentile}", f"a number of milliseconds is wanted, not {milliseconds!r}")
        if not 0 < milliseconds <= _LONGEST_MS:
            raise self._wrong(f"{key}.{percentile}", f"above 0 and at most {_LONGEST_MS:.0f}, not {milliseconds!r}")
        return Objective(name, milliseconds / 1_000, round(float(named[1]) / 100, 6))

    def _stage(self, value: object, *, given: bool) -> Stage:
        for stage in _STAGES:
            if value == stage:
                return stage
        raise self._wrong("the stage asked for" if given else "stage", f"one of {', '.join(_STAGES)}, not {value!r}")

    def _table(self, value: object, key: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._wrong(key, f"a table is wanted, as in {key} = {{ p90_ms = 300 }}, not {value!r}")
        return value

    def _given(self, table: Mapping[str, Any], key: str, within: str) -> Any:
        if key not in table:
            raise self._wrong(f"{within}{key}", "missing; the shipped file has an example of each key")
        return table[key]

    def _known(self, table: Mapping[str, Any], keys: Iterable[str], within: str) -> None:
        names = list(keys)
        for key in table:
            if key not in names:
                meant = difflib.get_close_matches(key, names, n=1)
                hint = f"did you mean {meant[0]}?" if meant else f"known are {', '.join(names)}"
                raise self._wrong(f"{within}{key}", f"not a key; {hint}")

    def _wrong(self, key: str, problem: str) -> BudgetsError:
        return BudgetsError(f"{self._file}: {key}: {problem}")


def _edges(name: str, objectives: list[Objective]) -> tuple[float, ...]:
    bounds = {"least": _LEAST.get(name, 0.0001), "greatest": _GREATEST.get(name, 10.0)}
    return buckets([objective.seconds for objective in objectives], **bounds)
