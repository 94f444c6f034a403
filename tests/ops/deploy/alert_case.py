"""One history of series and what an alert does in it, written as `promtool test rules` reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ops.budgets import load_budgets
from ops.deploy.alerts import alerts
from ops.deploy.clock import MINUTE, REAL

BUDGETS = load_budgets()
ALERTS = {alert.name: alert for alert in alerts(BUDGETS)}


@dataclass(frozen=True, slots=True)
class Case:
    """Histories by series, a sample each `step` seconds and judged each `judged`; and moments in minutes.

    The alert is quiet at the first moment, fires at the second, and has recovered at the third.

    `labels` are those that the firing alert has beside its own, and `summary` is how its template reads then.
    """

    alert: str
    histories: Mapping[str, str]
    quiet: float
    fires: float
    recovered: float
    labels: Mapping[str, str]
    summary: str
    step: int = MINUTE
    judged: int = MINUTE

    def document(self) -> Mapping[str, object]:
        """Return the test as promtool's YAML has it."""
        alert = ALERTS[self.alert]
        firing = {
            "exp_labels": {"severity": alert.severity, **self.labels},
            "exp_annotations": {
                "summary": self.summary,
                "action": alert.action,
                "runbook": f"docs/alerts.md#{alert.name.lower()}",
            },
        }
        moments: Sequence[tuple[float, list[Mapping[str, object]]]] = (
            (self.quiet, []),
            (self.fires, [firing]),
            (self.recovered, []),
        )
        return {
            "rule_files": ["rules.yml"],
            "group_eval_order": ["objectives", "alerts"],
            "evaluation_interval": REAL.text(self.judged),
            "tests": [
                {
                    "interval": REAL.text(self.step),
                    "input_series": [{"series": name, "values": values} for name, values in self.histories.items()],
                    "alert_rule_test": [
                        {"eval_time": REAL.text(minute * MINUTE), "alertname": self.alert, "exp_alerts": expected}
                        for minute, expected in moments
                    ],
                }
            ],
        }


def counter(*stretches: tuple[float, int]) -> str:
    """Return a counter's samples: each stretch grows by so much a sample, for so many samples."""
    value, written = 0.0, ["0"]
    for growth, samples in stretches:
        written.append(f"{value + growth:g}{growth:+g}x{samples - 1}")
        value += growth * samples
    return " ".join(written)


def gauge(*stretches: tuple[float, int]) -> str:
    """Return a gauge's samples: each stretch keeps a value for so many samples."""
    return " ".join(f"{value:g}+0x{samples - 1}" for value, samples in stretches)
