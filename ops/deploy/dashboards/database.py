"""PostgreSQL as the processes see it: connections, the wait for them, statements."""

from ops.budgets import Budgets
from ops.deploy.charts import Chart, Query, Section
from ops.deploy.queries import count, quantile, wanted
from ops.metrics import catalogue


def database_row(budgets: Budgets) -> Section:
    """Return the pool's use, its queue, and the statements by name."""
    statements = budgets.objective("statements")
    return Section(
        "Database",
        (
            Chart(
                "Connections",
                "Lent out, open and allowed, by process.",
                "short",
                (
                    Query(catalogue.CONNECTIONS.name, "active {{instance}}"),
                    Query(catalogue.POOL_SIZE.name, "open {{instance}}"),
                    Query(catalogue.POOL_MOST.name, "limit {{instance}}", dashed=True),
                ),
            ),
            Chart(
                "Waiting for a connection",
                "Statements that wait now, by process: more than a few for long means too few connections.",
                "short",
                (Query(catalogue.POOL_WAITING.name, "{{instance}}"),),
            ),
            Chart(
                "Wait for a connection, p90",
                "Of the statements that had to wait, and how many a second had to.",
                "s",
                (Query(quantile(0.9, catalogue.POOL_WAIT_SECONDS), "p90"),),
            ),
            Chart(
                f"Statements, {statements.percentile}",
                f"By name, with their wait; the objective of all together is {statements.seconds:g} s.",
                "s",
                (
                    Query(quantile(statements.share, catalogue.STATEMENT_SECONDS, "statement"), "{{statement}}"),
                    Query(wanted(statements), "objective", dashed=True),
                ),
                width=12,
            ),
            Chart(
                "Statements",
                "A second, by name.",
                "ops",
                (Query(count(catalogue.STATEMENT_SECONDS, "statement"), "{{statement}}"),),
                width=12,
                stacked=True,
            ),
        ),
    )
