"""What was remembered: rows, answers, plans and documents."""

from ops.budgets import Budgets
from ops.deploy.charts import Chart, Query, Section
from ops.deploy.queries import OF_API, quantile, rate, series, share, wanted
from ops.metrics import catalogue

_HIT = 'outcome="hit"'


def caches_row(budgets: Budgets) -> Section:
    """Return the hits of each level, and the calls of the shared cache."""
    calls = budgets.objective("cache_calls")
    hits = share(rate(catalogue.CACHE_REQUESTS, "level", where=_HIT), rate(catalogue.CACHE_REQUESTS, "level"))
    return Section(
        "Caches",
        (
            Chart(
                "Cache hit rate",
                "Over the last minute, by process.",
                "percent",
                (Query(series(catalogue.CACHE_HIT_RATE, OF_API), "{{instance}}"),),
                most=100,
            ),
            Chart(
                "Hits by level",
                "Rows in the process' memory, rows in Redis, whole answers.",
                "percentunit",
                (Query(hits, "{{level}}"),),
                most=1,
            ),
            Chart(
                "Look-ups",
                "A second, by level and outcome.",
                "ops",
                (Query(rate(catalogue.CACHE_REQUESTS, "level", "outcome"), "{{level}} {{outcome}}"),),
                stacked=True,
            ),
            Chart(
                f"Calls of the shared cache, {calls.percentile}",
                "By what was asked.",
                "s",
                (
                    Query(quantile(calls.share, catalogue.CACHE_CALL_SECONDS, "call"), "{{call}}"),
                    Query(wanted(calls), "objective", dashed=True),
                ),
                width=12,
            ),
            Chart(
                "Caches believed",
                "1 while a process hears of every write; at 0 it asks PostgreSQL for everything.",
                "none",
                (Query(series(catalogue.CACHE_TRUSTED, OF_API), "{{instance}}"),),
                width=12,
                most=1,
            ),
        ),
    )


def documents_row() -> Section:
    """Return how often documents and plans were known, and how many are held."""
    plans, documents = catalogue.PLAN_REQUESTS, catalogue.DOCUMENT_REQUESTS
    return Section(
        "Plans and documents",
        (
            Chart(
                "Plans",
                "Looks for a compiled plan, a second.",
                "ops",
                (Query(rate(plans, "outcome"), "{{outcome}}"),),
                width=6,
                stacked=True,
            ),
            Chart(
                "Plans held",
                "By process.",
                "short",
                (Query(series(catalogue.PLAN_ENTRIES, OF_API), "{{instance}}"),),
                width=6,
            ),
            Chart(
                "Documents known",
                "The share of requests whose document needed no examination.",
                "percentunit",
                (Query(share(rate(documents, where=_HIT), rate(documents)), "known"),),
                width=6,
                most=1,
            ),
            Chart(
                "Documents held",
                "By kind, added up over processes.",
                "short",
                (Query(f"sum by (kind) ({series(catalogue.DOCUMENT_ENTRIES, OF_API)})", "{{kind}}"),),
                width=6,
            ),
        ),
    )
