"""The rule file of Prometheus: what is recorded of each objective, and the alerts."""

from ops.budgets import Budgets
from ops.deploy.alerts import alerts
from ops.deploy.clock import REAL, Clock
from ops.deploy.recording import EVERY, recording_rules
from ops.deploy.yaml_text import yaml_text

_COMMENT = """\
Written by `python -m ops.deploy write` from the objectives of the stage {stage}; do not edit.
What each alert means and asks for is in docs/alerts.md."""


def rules_text(budgets: Budgets, clock: Clock = REAL) -> str:
    """Return the rule file; a group's rules are evaluated in order, so that each sees what those above recorded."""
    every = clock.text(EVERY)
    groups = [
        {"name": "objectives", "interval": every, "rules": recording_rules(budgets, clock)},
        {"name": "alerts", "interval": every, "rules": [alert.rule(clock) for alert in alerts(budgets, clock)]},
    ]
    return yaml_text({"groups": groups}, _COMMENT.format(stage=budgets.stage))
