"""Which field paths take the time: the slowest of them, and what they take of their operation's budget."""

from ops.budgets import OPERATION, Budgets, Objective
from ops.deploy.charts import Chart, Query, Section
from ops.deploy.queries import count, quantile, rate, series, share, wanted
from ops.metrics import catalogue

_RANGE = "$__range"
_WORST = 20
_PATH = ("operation", "path")
_OWN = f'objective=~"{OPERATION}.+"'


def fields_row(budgets: Budgets) -> Section:
    """Return the worst paths over what is shown, and how they and their batches move."""
    operations = budgets.objective("operations")
    slow = quantile(operations.share, catalogue.FIELD_SECONDS, *_PATH, over=_RANGE)
    return Section(
        "Fields",
        (
            Chart(
                "Slowest paths",
                "By p90, over the time that is shown, with the share of their operation's budget.",
                "s",
                (
                    Query(f"topk({_WORST}, {slow} > 0)"),
                    Query(_of_budget(slow, operations)),
                    Query(f"sum by (operation, path) (increase({catalogue.FIELD_SECONDS.name}_count[{_RANGE}])) > 0"),
                ),
                "table",
                24,
                10,
                columns=(
                    ("p90", "Value #A", "s"),
                    ("Of the budget", "Value #B", "percentunit"),
                    ("Times", "Value #C", "short"),
                ),
            ),
            Chart(
                "Slowest paths over time",
                "The ten paths with the highest p90.",
                "s",
                (Query(f"topk(10, {quantile(0.9, catalogue.FIELD_SECONDS, *_PATH)} > 0)", "{{operation}} {{path}}"),),
            ),
            Chart(
                "Batches, p90",
                "Of loaders: the time from a batch's beginning to its end.",
                "s",
                (Query(quantile(0.9, catalogue.BATCH_SECONDS, "loader"), "{{loader}}"),),
            ),
            Chart(
                "Keys of a batch",
                "On average, by loader: what saves statements.",
                "short",
                (
                    Query(
                        share(
                            rate(catalogue.BATCH_KEYS, "loader", suffix="_sum"),
                            count(catalogue.BATCH_KEYS, "loader"),
                        ),
                        "{{loader}}",
                    ),
                ),
            ),
            Chart(
                "Keys asked more than once",
                "The share of keys that another field of the same operation had asked for, by loader.",
                "percentunit",
                (
                    Query(
                        f"1 - {share(rate(catalogue.KEYS_LOADED, 'loader'), rate(catalogue.KEYS_ASKED, 'loader'))}",
                        "{{loader}}",
                    ),
                ),
                most=1,
            ),
        ),
    )


def _of_budget(slow: str, operations: Objective) -> str:
    """Return paths' p90 as a share of their operation's own budget, or of the stage's where it has none."""
    own = (
        f"max by (operation) (label_replace({series(catalogue.OBJECTIVE_SECONDS, _OWN)}, "
        f'"operation", "$1", "objective", "{OPERATION}(.+)"))'
    )
    default = f"scalar({wanted(operations)})"
    return f"({slow} > 0) / on (operation) group_left () {own}\nor\n({slow} > 0) / {default}"
