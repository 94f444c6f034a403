"""Subscriptions: who follows, how late events come, what was left out because a client is slow."""

from ops.deploy.charts import Chart, Query, Section
from ops.deploy.queries import OF_API, quantile, rate, series
from ops.metrics import catalogue


def streams_row() -> Section:
    """Return subscribers and their groups, events, and their way."""
    return Section(
        "Streams",
        (
            Chart(
                "Subscribers",
                "Added up over processes; a group asked alike and costs one execution per event.",
                "short",
                (
                    Query(f"sum({series(catalogue.STREAM_SUBSCRIBERS, OF_API)})", "subscribers"),
                    Query(f"sum({series(catalogue.STREAM_GROUPS, OF_API)})", "groups"),
                ),
                width=6,
            ),
            Chart(
                "Lag",
                "From an event's publication until it was handed to subscribers.",
                "s",
                tuple(
                    Query(quantile(part, catalogue.STREAM_LAG_SECONDS), f"p{part * 100:g}") for part in (0.5, 0.9, 0.99)
                ),
                width=6,
            ),
            Chart(
                "Events",
                "Read from the streams, a second.",
                "ops",
                (Query(rate(catalogue.STREAM_EVENTS), "events"),),
                width=6,
            ),
            Chart(
                "Frames coalesced",
                "Replaced by a newer state before a slow subscriber took them, a second.",
                "ops",
                (Query(rate(catalogue.STREAM_COALESCED), "coalesced"),),
                width=6,
            ),
        ),
    )
