"""All alerts, in the order of docs/alerts.md."""

from collections.abc import Sequence

from ops.budgets import Budgets
from ops.deploy.alert import Alert
from ops.deploy.burn_alerts import burn_alerts
from ops.deploy.clock import REAL, Clock
from ops.deploy.intake_alerts import intake_alerts
from ops.deploy.server_alerts import server_alerts


def alerts(budgets: Budgets, clock: Clock = REAL) -> Sequence[Alert]:
    """Return every alert, its windows scaled by the clock."""
    return [*burn_alerts(budgets, clock), *server_alerts(budgets, clock), *intake_alerts(clock)]
