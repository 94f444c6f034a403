"""What a process counts and times, and how Prometheus reads it; docs/metrics.md lists all of it."""

from ops.metrics.metrics import Metrics, make_metrics

__all__ = ["Metrics", "make_metrics"]
