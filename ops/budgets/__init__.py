"""What the service promises of its times: the objectives of one file, and the histogram edges that let them be judged.

Alert rules, dashboards, load tests and histograms are made of what `load_budgets` returns; no threshold is written
twice. Budgets of single fields stand in the schema, as `@budget`. See docs/budgets.md.
"""

from ops.budgets.edges import buckets
from ops.budgets.loading import SHIPPED, load_budgets
from ops.budgets.objectives import JUDGED_KINDS, OPERATION, Budgets, BudgetsError, Objective, Stage

__all__ = [
    "JUDGED_KINDS",
    "OPERATION",
    "SHIPPED",
    "Budgets",
    "BudgetsError",
    "Objective",
    "Stage",
    "buckets",
    "load_budgets",
]
