"""Draws rows and charts as Grafana's dashboard, with the SDK that Grafana generates from its own schema."""

from collections.abc import Sequence
from itertools import count

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models

from ops.deploy.charts import RED, Section
from ops.deploy.panels import SOURCE, draw

UID = "insitechart"


def dashboard_text(sections: Sequence[Section]) -> str:
    """Return the dashboard as JSON, to be imported or read from a provisioned folder."""
    dashboard = (
        build.Dashboard("InsiteChart")
        .uid(UID)
        .description("Requests, budgets, field paths, database, caches, streams and intake of the InsiteChart API.")
        .tags(["insitechart", "graphql"])
        .timezone("browser")
        .time("now-1h", "now")
        .refresh("30s")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .with_variable(build.DatasourceVariable("datasource").label("Data source").type("prometheus"))
        .annotation(
            build.AnnotationQuery()
            .name("Alerts")
            .datasource(SOURCE)
            .enable(enable=True)
            .icon_color(RED)
            .expr('ALERTS{alertstate="firing"}')
        )
    )
    numbers = count(1)
    for section in sections:
        dashboard.with_row(build.Row(section.title).id(next(numbers)))
        for chart in section.charts:
            dashboard.with_panel(draw(chart, next(numbers)))
    return JSONEncoder(sort_keys=True, indent=2).encode(dashboard.build()) + "\n"
