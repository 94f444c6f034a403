"""PromQL that more than one panel or rule needs, and the labels by which scraped processes are told apart."""

from ops.budgets import JUDGED_KINDS, OPERATION, Objective
from ops.metrics import catalogue
from ops.metrics.catalogue import Declared

API, WORK, COLLECT = "insitechart-api", "insitechart-work", "insitechart-collect"
"""The jobs of the scrape configuration; each process of them serves /metrics."""

RANGE = "$__rate_interval"
"""What Grafana replaces by a window in which a rate has enough samples."""

JUDGED = f'kind=~"{"|".join(JUDGED_KINDS)}"'
"""The matcher of the operations that objectives are about."""

OF_API = f'job="{API}"'
"""The matcher of servers: workers and collectors tell the same families, and write in bulk what nobody waits for."""

_OBSERVED = {
    "operations": (catalogue.OPERATION_SECONDS, JUDGED),
    "statements": (catalogue.STATEMENT_SECONDS, OF_API),
    "cache_calls": (catalogue.CACHE_CALL_SECONDS, OF_API),
    "external_calls": (catalogue.EXTERNAL_SECONDS, ""),
}


def series(metric: Declared, *matchers: str, suffix: str = "") -> str:
    """Return the series of a metric, with those matchers that are not empty; histograms have suffixes."""
    given = ", ".join(matcher for matcher in matchers if matcher)
    return f"{metric.name}{suffix}{{{given}}}" if given else metric.name + suffix


def rate(metric: Declared, *by: str, where: str = "", over: str = RANGE, suffix: str = "") -> str:
    """Return the increase per second, summed over processes, by some labels."""
    return f"sum{_by(by)}(rate({series(metric, where, suffix=suffix)}[{over}]))"


def increase(metric: Declared, *by: str, where: str = "", over: str = RANGE, ago: str = "") -> str:
    """Return the increase over a window, or over one that ended some time `ago`, by some labels."""
    offset = f" offset {ago}" if ago else ""
    return f"sum{_by(by)}(increase({series(metric, where)}[{over}]{offset}))"


def count(histogram: Declared, *by: str, where: str = "", over: str = RANGE) -> str:
    """Return how many observations a histogram gets per second."""
    return rate(histogram, *by, where=where, over=over, suffix="_count")


def within(histogram: Declared, seconds: float, where: str = "", over: str = RANGE) -> str:
    """Return how many observations per second lie within a bucket's upper bound."""
    bound = f'le="{float(seconds)!r}"'
    return rate(histogram, where=", ".join(filter(None, (where, bound))), over=over, suffix="_bucket")


def quantile(share: float, histogram: Declared, *by: str, where: str = "", over: str = RANGE) -> str:
    """Return the value within which `share` of a histogram's observations lie, over all processes."""
    return f"histogram_quantile({share:g}, {rate(histogram, *by, 'le', where=where, over=over, suffix='_bucket')})"


def share(part: str, whole: str) -> str:
    """Return one rate as a share of another; no data where nothing happens."""
    return f"{part}\n  / ({whole} > 0)"


def wanted(objective: Objective) -> str:
    """Return an objective's seconds as the servers tell them."""
    return f"max({series(catalogue.OBJECTIVE_SECONDS, named(objective))})"


def named(objective: Objective) -> str:
    """Return the matcher of what is told of one objective."""
    return f'objective="{objective.name}"'


def observed(objective: Objective) -> tuple[Declared, str]:
    """Return the histogram that an objective is about, and the matcher of its part of it."""
    if objective.name.startswith(OPERATION):
        return catalogue.OPERATION_SECONDS, f'{JUDGED}, operation="{objective.name.removeprefix(OPERATION)}"'
    return _OBSERVED[objective.name]


def _by(labels: tuple[str, ...]) -> str:
    return f" by ({', '.join(labels)}) " if labels else ""
