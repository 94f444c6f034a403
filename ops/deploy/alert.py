"""One alert, and the rule that Prometheus reads of it."""

from dataclasses import dataclass

from ops.deploy.clock import Clock
from ops.deploy.recording import Rule
from ops.deploy.tiers import Severity

PAGE = "docs/alerts.md"


@dataclass(frozen=True, slots=True)
class Alert:
    """Fires when `condition`, PromQL, has held for `lasting` seconds.

    `summary` and `action` may use Prometheus' templates: what is wrong, and what to do first.
    """

    name: str
    severity: Severity
    condition: str
    summary: str
    action: str
    lasting: int = 0

    def rule(self, clock: Clock) -> Rule:
        """Return it as an entry of a rule file."""
        waits = {"for": clock.text(self.lasting)} if self.lasting else {}
        return {
            "alert": self.name,
            "expr": self.condition,
            **waits,
            "labels": {"severity": self.severity},
            "annotations": {
                "summary": self.summary,
                "action": self.action,
                "runbook": f"{PAGE}#{self.name.lower()}",
            },
        }
