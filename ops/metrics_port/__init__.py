"""`/metrics` of processes that serve no API: workers and collectors, each on a port of its own."""

from ops.metrics_port.listener import measured

__all__ = ["measured"]
