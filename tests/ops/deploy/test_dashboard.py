"""The dashboard: current panels, each with a unit and its words, on the data source that its reader chose."""

import json
from typing import Any

from ops.budgets import load_budgets
from ops.deploy.dashboards import sections
from ops.deploy.drawing import dashboard_text
from ops.metrics import catalogue

DASHBOARD = json.loads(dashboard_text(sections(load_budgets())))
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def test_it_has_what_operators_ask_for() -> None:
    """The panels and the rows of the requirement, by name."""
    titles = {panel["title"] for panel in PANELS}
    assert titles >= {
        "Request rate",
        "Response time",
        "Active users",
        "Connections",
        "Cache hit rate",
        "External requests",
        "Queue length",
        "Error rate",
        "Slowest paths",
    }
    rows = [panel["title"] for panel in DASHBOARD["panels"] if panel["type"] == "row"]
    assert {"Budgets", "Fields", "Caches", "Intake", "Streams", "Database", "Plans and documents"} <= set(rows)


def test_panels_are_of_current_types() -> None:
    """None is of a type that Grafana has given up, as graph and singlestat."""
    assert {panel["type"] for panel in PANELS} == {"timeseries", "stat", "gauge", "table", "heatmap"}


def test_each_panel_says_what_it_shows() -> None:
    """A title, a sentence, a unit, a place; ids and titles within a row are told apart."""
    for panel in PANELS:
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert panel["targets"], panel["title"]
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)


def test_panels_do_not_overlap() -> None:
    """Each cell of the grid has one panel."""
    taken: dict[tuple[int, int], str] = {}
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        for x in range(at["x"], at["x"] + at["w"]):
            for y in range(at["y"], at["y"] + at["h"]):
                assert x < 24
                assert (x, y) not in taken, (panel["title"], taken[x, y])
                taken[x, y] = panel["title"]


def test_the_reader_chooses_the_data_source() -> None:
    """One variable names it, and every panel and query asks it."""
    (variable,) = DASHBOARD["templating"]["list"]
    assert (variable["type"], variable["query"], variable["name"]) == ("datasource", "prometheus", "datasource")
    asked = [panel["datasource"] for panel in PANELS]
    asked += [target["datasource"] for panel in PANELS for target in panel["targets"]]
    assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in asked)


def test_the_objective_is_drawn_beside_the_response_time() -> None:
    """p50, p90, p95, and a dashed line for what is wanted."""
    (panel,) = [panel for panel in PANELS if panel["title"] == "Response time"]
    assert [target["legendFormat"] for target in panel["targets"]] == ["p50", "p90", "p95", "objective"]
    (override,) = panel["fieldConfig"]["overrides"]
    assert override["matcher"] == {"id": "byFrameRefID", "options": "D"}
    assert override["properties"][0]["value"]["fill"] == "dash"


def test_thresholds_follow_the_stage() -> None:
    """Red is where the stage's objective ends."""
    for stage, seconds in (("mvp", 1.5), ("ga", 0.8)):
        dashboard = json.loads(dashboard_text(sections(load_budgets(stage=stage))))
        (figure,) = [panel for panel in dashboard["panels"] if panel["title"] == "Response time, p90"]
        assert figure["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"] == seconds


def test_no_metric_has_a_label_of_the_scraper() -> None:
    """Prometheus calls its own labels `job` and `instance`; a metric's would come out as `exported_job`."""
    taken = {"job", "instance", "le", "quantile", "alertname"}
    assert [metric.name for metric in catalogue.CATALOGUE if taken & set(metric.labels)] == []
