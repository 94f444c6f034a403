"""Draws one chart as a panel of its kind."""

from collections.abc import Callable, Mapping
from string import ascii_uppercase

from grafana_foundation_sdk.builders import common, gauge, heatmap, prometheus, stat, table, timeseries
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models import common as shapes
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from ops.deploy.charts import Chart, Kind, Query

SOURCE = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
"""The data source that the reader of the dashboard chose."""

Panel = timeseries.Panel | stat.Panel | gauge.Panel | table.Panel | heatmap.Panel


def draw(chart: Chart, number: int) -> Panel:
    """Return the panel of a chart, with the number by which links name it."""
    panel = _KINDS[chart.kind](chart)
    panel.id(number).title(chart.title).description(chart.says).datasource(SOURCE)
    panel.span(chart.width).height(chart.height).unit(chart.unit)
    for letter, query in zip(ascii_uppercase, chart.queries, strict=False):
        panel.with_target(_target(chart, query).ref_id(letter))
    if chart.least is not None:
        panel.min(chart.least)
    if chart.most is not None:
        panel.max(chart.most)
    if chart.steps:
        steps = [models.Threshold(value, color) for value, color in chart.steps]
        panel.thresholds(build.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps))
    return panel


def _target(chart: Chart, query: Query) -> prometheus.Dataquery:
    target = prometheus.Dataquery().expr(query.promql).datasource(SOURCE)
    if query.legend:
        target.legend_format(query.legend)
    if query.exemplars:
        target.exemplar(exemplar=True)
    if chart.kind in {"stat", "gauge", "table"}:
        target.instant()
    else:
        target.range()
    if chart.kind == "table":
        target.format(PromQueryFormat.TABLE)
    if chart.kind == "heatmap":
        target.format(PromQueryFormat.HEATMAP)
    return target


def _timeseries(chart: Chart) -> timeseries.Panel:
    panel = (
        timeseries.Panel()
        .line_width(1)
        .fill_opacity(25 if chart.stacked else 5)
        .show_points(shapes.VisibilityMode.NEVER)
        .tooltip(common.VizTooltipOptions().mode(shapes.TooltipDisplayMode.MULTI).sort(shapes.SortOrder.DESCENDING))
        .legend(
            common.VizLegendOptions()
            .display_mode(shapes.LegendDisplayMode.LIST)
            .placement(shapes.LegendPlacement.BOTTOM)
            .show_legend(show_legend=len(chart.queries) > 1 or bool(chart.queries[0].legend))
        )
    )
    if chart.stacked:
        panel.stacking(common.StackingConfig().mode(shapes.StackingMode.NORMAL).group("A"))
    if chart.steps:
        panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(shapes.GraphThresholdsStyleMode.DASHED))
    for letter, query in zip(ascii_uppercase, chart.queries, strict=False):
        if query.dashed:
            dashes = {"fill": "dash", "dash": [10, 10]}
            panel.override_by_query(letter, _properties({"custom.lineStyle": dashes, "custom.fillOpacity": 0}))
    return panel


def _stat(_: Chart) -> stat.Panel:
    return (
        stat.Panel()
        .graph_mode(shapes.BigValueGraphMode.NONE)
        .color_mode(shapes.BigValueColorMode.VALUE)
        .reduce_options(_last())
    )


def _gauge(_: Chart) -> gauge.Panel:
    return gauge.Panel().reduce_options(_last())


def _table(chart: Chart) -> table.Panel:
    """Return a table with a row for each set of labels, and a column for each query; the first sorts it."""
    titles = {value: title for title, value, _ in chart.columns}
    panel = (
        table.Panel()
        .with_transformation(models.DataTransformerConfig("merge", options={}))
        .with_transformation(
            models.DataTransformerConfig(
                "organize", options={"excludeByName": {"Time": True}, "renameByName": titles, "indexByName": {}}
            )
        )
        .sort_by([common.TableSortByFieldState().display_name(chart.columns[0][0]).desc(desc=True)])
    )
    for title, _, unit in chart.columns:
        panel.override_by_name(title, _properties({"unit": unit}))
    return panel


def _heatmap(_: Chart) -> heatmap.Panel:
    return (
        heatmap.Panel()
        .calculate(calculate=False)
        .color(heatmap.HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Spectral").steps(64))
        .y_axis(heatmap.YAxisConfig().unit("s"))
        .show_legend()
    )


def _last() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(values=False)


def _properties(values: Mapping[str, object]) -> list[models.DynamicConfigValue]:
    return [models.DynamicConfigValue(name, value) for name, value in values.items()]


_KINDS: Mapping[Kind, Callable[[Chart], Panel]] = {
    "timeseries": _timeseries,
    "stat": _stat,
    "gauge": _gauge,
    "table": _table,
    "heatmap": _heatmap,
}
