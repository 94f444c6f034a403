"""What a panel shows, as data: the rows of the dashboard are made of these, and drawn by `drawing`."""

from dataclasses import dataclass
from typing import Literal

from ops.deploy.clock import MINUTE

Kind = Literal["timeseries", "stat", "gauge", "table", "heatmap"]
Unit = Literal["s", "reqps", "ops", "percentunit", "percent", "bytes", "short", "none"]
"""Grafana's names: seconds, requests and operations a second, a share of 1, of 100, bytes, a count, a bare number."""

GREEN, YELLOW, RED = "green", "yellow", "red"
Step = tuple[float | None, str]
"""A threshold: from this value on, in this colour; None begins the scale."""

LATEST = f"{5 * MINUTE}s"
"""The window of figures that stand alone, in which a quiet server has been asked at least once."""


@dataclass(frozen=True, slots=True)
class Query:
    """PromQL and how its series are named; `dashed` draws it as a line to compare with."""

    promql: str
    legend: str = ""
    dashed: bool = False
    exemplars: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A panel. `width` is of 24; `most` and `least` bound the axis; `steps` colour values."""

    title: str
    says: str
    unit: Unit
    queries: tuple[Query, ...]
    kind: Kind = "timeseries"
    width: int = 8
    height: int = 8
    steps: tuple[Step, ...] = ()
    least: float | None = 0
    most: float | None = None
    stacked: bool = False
    columns: tuple[tuple[str, str, Unit], ...] = ()
    """Of a table: each query's column in order, as its title, the name of its label or value, and its unit."""


@dataclass(frozen=True, slots=True)
class Section:
    """A row of the dashboard with its panels, left to right and down."""

    title: str
    charts: tuple[Chart, ...]
