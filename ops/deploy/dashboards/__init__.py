"""The rows of the dashboard, each in a file of its own, in the order in which one looks."""

from collections.abc import Sequence

from ops.budgets import Budgets
from ops.deploy.charts import Section
from ops.deploy.dashboards.budgets import budgets_row
from ops.deploy.dashboards.caches import caches_row, documents_row
from ops.deploy.dashboards.database import database_row
from ops.deploy.dashboards.fields import fields_row
from ops.deploy.dashboards.intake import intake_row
from ops.deploy.dashboards.overview import overview_row, traffic_row
from ops.deploy.dashboards.processes import processes_row
from ops.deploy.dashboards.streams import streams_row


def sections(budgets: Budgets) -> Sequence[Section]:
    """Return all rows; their thresholds are the objectives'."""
    return (
        overview_row(budgets),
        traffic_row(budgets),
        budgets_row(budgets),
        fields_row(budgets),
        database_row(budgets),
        caches_row(budgets),
        documents_row(),
        streams_row(),
        intake_row(budgets),
        processes_row(),
    )
