"""What comes in: items, queues, the APIs that they come from; and the traces that go out."""

from ops.budgets import Budgets
from ops.deploy.charts import Chart, Query, Section
from ops.deploy.queries import COLLECT, WORK, quantile, rate, wanted
from ops.metrics import catalogue


def intake_row(budgets: Budgets) -> Section:
    """Return the flow of data, what waits, and the calls of external APIs."""
    calls = budgets.objective("external_calls")
    return Section(
        "Intake",
        (
            Chart(
                "Data processed",
                "Items stored a second, by kind and source.",
                "ops",
                (Query(rate(catalogue.DATA_PROCESSED, "data_type", "source"), "{{data_type}} {{source}}"),),
                stacked=True,
            ),
            Chart(
                "Queue length",
                "Messages that wait, by queue.",
                "short",
                (Query(f"max by (queue_name) ({catalogue.QUEUE_LENGTH.name})", "{{queue_name}}"),),
            ),
            Chart(
                "Processes",
                "1 while a worker's or a collector's metrics can be read.",
                "none",
                (Query(f'up{{job=~"{WORK}|{COLLECT}"}}', "{{job}} {{instance}}"),),
                most=1,
            ),
            Chart(
                "Oldest message",
                "How long the oldest message of each queue has waited.",
                "s",
                (Query(f"max by (queue_name) ({catalogue.QUEUE_OLDEST.name})", "{{queue_name}}"),),
            ),
            Chart(
                "Newest items",
                "How old the newest item of each feed is.",
                "s",
                (Query(f"max by (feed) ({catalogue.FEED_AGE.name})", "{{feed}}"),),
            ),
            Chart(
                "Job runs",
                "Runs of background jobs a second, by outcome.",
                "ops",
                (Query(rate(catalogue.JOB_RUNS, "job_name", "outcome"), "{{job_name}} {{outcome}}"),),
            ),
            Chart(
                "External requests",
                "Calls of other people's APIs, a second, by status or by why no answer came.",
                "reqps",
                (Query(rate(catalogue.EXTERNAL_REQUESTS, "api_name", "status"), "{{api_name}} {{status}}"),),
                stacked=True,
            ),
            Chart(
                f"External response time, {calls.percentile}",
                "By API, against the objective.",
                "s",
                (
                    Query(quantile(calls.share, catalogue.EXTERNAL_SECONDS, "api_name"), "{{api_name}}"),
                    Query(wanted(calls), "objective", dashed=True),
                ),
            ),
            Chart(
                "Traces",
                "Kept, by why, and dropped, a second.",
                "ops",
                (
                    Query(rate(catalogue.TRACES_KEPT, "reason"), "{{reason}}"),
                    Query(rate(catalogue.TRACES_DROPPED), "dropped"),
                ),
            ),
        ),
    )
